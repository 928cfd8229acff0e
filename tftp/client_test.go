package tftp

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestWhatGoesWrongHasAName(t *testing.T) {
	server := listen(t, ServerConfig{Files: shelf{"big": contents(1025)}.get}).Addr().String()
	silent := socket(t, "127.0.0.3:0").LocalAddr().String()
	hasty := Client{Timeout: 10 * time.Millisecond, Retries: 1}
	limited := *patient
	limited.MaxSize = 1024
	elsewhere := hasty
	elsewhere.Local = netip.MustParseAddr("192.0.2.1")
	long := strings.Repeat("x", 501)

	for _, test := range []struct {
		client       Client
		server, name string
		as           any
		text         string
	}{
		{limited, server, "CTLFile.tlv", nil, "CTLFile.tlv from " + server + ": File not found"},
		{limited, server, "big", new(*TooLargeError), "big from " + server + ": larger than 1024 bytes"},
		{hasty, silent, "ITLFile.tlv", new(*NoAnswerError), "ITLFile.tlv from " + silent + ": no answer in time"},
		{hasty, "nowhere", "ITLFile.tlv", new(*NoAnswerError),
			`ITLFile.tlv from nowhere: "nowhere" lacks a port`},
		{elsewhere, server, "ITLFile.tlv", new(*NoAnswerError), "this machine has no such address"},
		{hasty, server, long, new(*NameError), "(501 bytes): does not fit into a request"},
		{hasty, server, "ITLFile.tlv\x00netascii", new(*NameError), `file name "ITLFile.tlv\x00netascii"`},
	} {
		_, err := test.client.Get(t.Context(), test.server, test.name)
		require.ErrorContains(t, err, test.text)
		if test.as == nil {
			require.ErrorIs(t, err, ErrNotFound)
		} else {
			require.ErrorAs(t, err, test.as)
			require.NotErrorIs(t, err, ErrNotFound)
		}
		if noAnswer, ok := err.(*NoAnswerError); ok {
			require.Equal(t, test.client.Local.IsValid(), noAnswer.Local(),
				"the machine is at fault only if the phone's address is not its own")
		}
	}
}

func TestServerErrors(t *testing.T) {
	server := socket(t, "127.0.0.3:0")
	var serverErr *ServerError

	done := getting(t.Context(), &Client{Timeout: time.Minute}, server.LocalAddr(), "ITLFile.tlv")
	_, phone := server.receive()
	server.send(block(opERROR, 2, "Access\nviolation\x00rest"), phone)
	require.ErrorAs(t, (<-done).err, &serverErr)
	require.Equal(t, ServerError{server.LocalAddr().String(), "ITLFile.tlv", 2, "Access\nviolation"}, *serverErr)
	require.ErrorContains(t, serverErr, `ERROR 2 "Access\nviolation"`)

	// Code 1 in the middle of a file does not mean that there is no such file.
	done = getting(t.Context(), &Client{Timeout: time.Minute}, server.LocalAddr(), "ITLFile.tlv")
	_, phone = server.receive()
	server.send(block(opDATA, 1, string(contents(512))), phone)
	ack, _ := server.receive()
	require.Equal(t, block(opACK, 1, ""), ack)
	server.send(block(opERROR, 1, "\x00"), phone)
	got := <-done
	require.NotErrorIs(t, got.err, ErrNotFound)
	require.ErrorAs(t, got.err, &serverErr)
	require.EqualValues(t, 1, serverErr.Code)
	require.Nil(t, got.data)
}

// A request and an ACK get lost; the phone asks again from the same port.
func TestLostPackets(t *testing.T) {
	server := socket(t, "127.0.0.3:0")
	var retransmits atomic.Uint64
	client := &Client{
		Local: netip.MustParseAddr("127.1.0.7"), Timeout: 20 * time.Millisecond, Retries: 1000,
		Retransmits: &retransmits,
	}
	done := getting(t.Context(), client, server.LocalAddr(), "ITLFile.tlv")

	lost, phone := server.receive()
	require.Equal(t, request(opRRQ, "ITLFile.tlv", "octet"), lost)
	require.Equal(t, client.Local, phone.Addr())
	again, from := server.receive()
	require.Equal(t, lost, again)
	require.Equal(t, phone, from)

	transfer := socket(t, "127.0.0.3:0")
	file := contents(600)
	transfer.send(block(opDATA, 1, string(file[:512])), phone)
	lost, _ = transfer.receive()
	require.Equal(t, block(opACK, 1, ""), lost)
	again, _ = transfer.receive()
	require.Equal(t, lost, again)
	transfer.send(block(opDATA, 1, string(file[:512])), phone) // a copy is not a block
	transfer.send(block(opDATA, 2, string(file[512:])), phone)

	got := <-done
	require.NoError(t, got.err)
	require.Equal(t, file, got.data)
	require.GreaterOrEqual(t, retransmits.Load(), uint64(2))
}

// Phones ignore what does not come from the address they asked.
func TestAnswerFromElsewhereIsIgnored(t *testing.T) {
	server, stranger := socket(t, "127.0.0.3:0"), socket(t, "127.0.0.4:0")
	done := getting(t.Context(), &Client{Timeout: time.Minute}, server.LocalAddr(), "ITLFile.tlv")
	_, phone := server.receive()
	stranger.send(block(opDATA, 1, "forged"), phone)
	server.send(block(opDATA, 1, "genuine"), phone)
	got := <-done
	require.NoError(t, got.err)
	require.Equal(t, "genuine", string(got.data))
}

func TestCancellation(t *testing.T) {
	client := &Client{Timeout: 20 * time.Millisecond, Retries: 1 << 30}

	t.Run("before the request", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := client.Get(ctx, "127.0.0.3:69", "ITLFile.tlv")
		require.ErrorIs(t, err, context.Canceled)
		require.EqualError(t, err, "ITLFile.tlv from 127.0.0.3:69: context canceled")
	})
	t.Run("no answer", func(t *testing.T) {
		server := socket(t, "127.0.0.3:0")
		ctx, cancel := context.WithCancel(t.Context())
		done := getting(ctx, client, server.LocalAddr(), "ITLFile.tlv")
		server.receive()
		cancel()
		require.ErrorIs(t, (<-done).err, context.Canceled)
	})
	t.Run("an answer that breaks off", func(t *testing.T) {
		server := socket(t, "127.0.0.3:0")
		ctx, cancel := context.WithCancel(t.Context())
		done := getting(ctx, client, server.LocalAddr(), "ITLFile.tlv")
		_, phone := server.receive()
		server.send(block(opDATA, 1, string(contents(512))), phone)
		server.receive()
		cancel()
		require.ErrorIs(t, (<-done).err, context.Canceled)
		for { // the server learns of it, and the phone's socket is closed
			if p, _ := server.receive(); p[1] == opERROR {
				break
			}
		}
		socket(t, phone.String())
	})
	t.Run("while blocks arrive", func(t *testing.T) {
		server := socket(t, "127.0.0.3:0")
		ctx, cancel := context.WithCancel(t.Context())
		done := getting(ctx, client, server.LocalAddr(), "ITLFile.tlv")
		_, phone := server.receive()
		server.send(block(opDATA, 1, string(contents(512))), phone)
		server.receive()
		cancel()
		server.send(block(opDATA, 2, string(contents(512))), phone)
		require.ErrorIs(t, (<-done).err, context.Canceled)
	})
	t.Run("deadline", func(t *testing.T) {
		server := socket(t, "127.0.0.3:0")
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		require.ErrorIs(t, (<-getting(ctx, client, server.LocalAddr(), "ITLFile.tlv")).err, context.DeadlineExceeded)
	})
}

// What a server sends may fail the transfer, not the program.
func TestHostileServers(t *testing.T) {
	filling := append(request(opOACK, "blksize"), strings.Repeat("0", 503)+"512"...)
	require.Len(t, filling, 516)
	for name, answer := range map[string][]byte{
		"nothing":        {},
		"one byte":       {0},
		"no such opcode": packet(9, 0, 0),
		"a short ERROR":  packet(opERROR, 0, 1),
		"a write":        request(opWRQ, "ITLFile.tlv", "octet"),
		"an OACK":        request(opOACK, "blksize", "1468"),
		"a filling OACK": filling,
		"odd options":    request(opOACK, "blksize", "-1", "tsize", "x", "\xff"),
		"a large block":  block(opDATA, 1, string(contents(1400))),
	} {
		t.Run(name, func(t *testing.T) {
			server := socket(t, "127.0.0.3:0")
			client := &Client{Timeout: 10 * time.Millisecond, Retries: 2}
			done := getting(t.Context(), client, server.LocalAddr(), "ITLFile.tlv")
			_, phone := server.receive()
			server.send(answer, phone)
			var noAnswer *NoAnswerError
			require.ErrorAs(t, (<-done).err, &noAnswer)
		})
	}
}

func TestMaxSizeIsExact(t *testing.T) {
	file := contents(2 << 20)
	server := listen(t, ServerConfig{Files: shelf{"max": file, "over": slices.Concat(file, file[:1])}.get})
	var client Client

	got, err := client.Get(t.Context(), server.Addr().String(), "max")
	require.NoError(t, err)
	require.True(t, slices.Equal(file, got))

	_, err = client.Get(t.Context(), server.Addr().String(), "over")
	var tooLarge *TooLargeError
	require.ErrorAs(t, err, &tooLarge)
	require.Equal(t, 2<<20, tooLarge.Limit)
	require.EqualValues(t, 1, final(t, server).Failed, "the server is told")
}
