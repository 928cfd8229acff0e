# itlsim alone: a static program, run by a user without rights who may listen at low ports.
#   docker build -t itlsim . && docker run --rm itlsim run story --mode virtual
FROM golang:1.26.8-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends libcap2-bin && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=auto -ldflags="-s -w" -o /image/usr/bin/itlsim ./cmd/itlsim
RUN setcap cap_net_bind_service=+ep /image/usr/bin/itlsim \
    && install -d -o 65532 -g 65532 -m 0700 /image/run/itlsim /image/var/lib/itlsim \
    && install -d -m 1777 /image/tmp \
    && install -D -m 0644 /etc/ssl/certs/ca-certificates.crt /image/etc/ssl/certs/ca-certificates.crt

FROM scratch
COPY --from=build /image /
USER 65532:65532
ENV ITLSIM_READY_FILE=/run/itlsim/ready.json
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["/usr/bin/itlsim", "health"]
ENTRYPOINT ["/usr/bin/itlsim"]
CMD ["serve"]
