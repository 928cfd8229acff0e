package demo

import (
	"embed"
	"io/fs"
	"net/http"

	"itlsim/internal/guard"
	"itlsim/scenarios/api"
	"itlsim/scenarios/live"
)

//go:embed page/*.html page/*.css page/*.svg page/*.js
var page embed.FS

// site is the page's files, and the API, which is all that the page uses.
func site(programs http.Handler) http.Handler {
	files, err := fs.Sub(page, "page")
	if err != nil {
		panic(err) // embedded
	}
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServerFS(files))
	mux.Handle("GET "+api.Prefix+"/", programs)
	mux.Handle("POST "+api.Prefix+"/", programs)
	return http.NewCrossOriginProtection().Handler(mux)
}

// contained has a panic end its request alone, with an entry in the publisher's log.
func contained(now func() *live.Lab, h http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if err := now().Nodes()[0].Contain("page", func() { h.ServeHTTP(rw, r) }); err != nil {
			guard.Refuse(rw, r, http.StatusInternalServerError, err.Error())
		}
	})
}
