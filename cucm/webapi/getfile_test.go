package webapi

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

// Files and snapshots beyond those that may be under way are for later.
func TestDownloadsUnderWay(t *testing.T) {
	h := &Handler{}
	post := func() int {
		w := httptest.NewRecorder()
		h.postFile(w, &element{name: getOneFile, children: []*element{{name: "FileName", text: "/etc/passwd"}}})
		return w.Code
	}
	for range maxDownloads {
		require.Equal(t, http.StatusInternalServerError, post(), "there is no such file")
		require.True(t, h.downloads.begin())
	}
	require.Equal(t, http.StatusServiceUnavailable, post())
	w := httptest.NewRecorder()
	h.getSnapshot(w, nil)
	require.Equal(t, http.StatusServiceUnavailable, w.Code)
	h.downloads.end()
	require.Equal(t, http.StatusInternalServerError, post())
}
