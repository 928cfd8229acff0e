package webapi

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"
	"sync/atomic"

	"itlsim/cucm/ciscolog"
)

// maxDownloads is how many files of a node's log and snapshots of its certificates may be
// under way: each may hold some megabytes (this project's own choice).
const maxDownloads = 4

// downloads counts those under way.
type downloads struct{ n atomic.Int32 }

// begin reports whether there is room for one more, which end makes again.
func (d *downloads) begin() bool {
	if d.n.Add(1) > maxDownloads {
		d.n.Add(-1)
		return false
	}
	return true
}

func (d *downloads) end() { d.n.Add(-1) }

// tooMany asks to come again.
func tooMany(w http.ResponseWriter) {
	errorPage(w, http.StatusServiceUnavailable, "Too many files are under way.")
}

// getFileSpace is the namespace of DimeGetFileService (a client names its binding).
const getFileSpace = "http://cisco.com/ccm/serviceability/soap/LogCollection/GetFile/"

// getOneFile is the only operation of that service, and some clients send it to log
// collection. Its answer is no envelope alone.
const getOneFile = "GetOneFile"

// postLogs answers what is sent to log collection.
func (h *Handler) postLogs(w http.ResponseWriter, asked *element) {
	answer := h.api("log collection", logOperations)
	if asked.name == getOneFile {
		answer = h.postFile
	}
	answer(w, asked)
}

// postFile gives a file of the node's log, behind the envelope.
func (h *Handler) postFile(w http.ResponseWriter, asked *element) {
	if asked.name != getOneFile {
		writeFault(w, notThere(asked.name, "DimeGetFileService"), nil)
		return
	}
	if !h.downloads.begin() {
		tooMany(w)
		return
	}
	defer h.downloads.end()
	name := asked.child("FileName").text
	file, err := h.openFile(name)
	if err != nil {
		why := "cannot be read"
		if errors.Is(err, fs.ErrNotExist) {
			why = "do not exist"
		}
		writeFault(w, &fault{server, noCode, "FileName " + name + " " + why}, nil)
		return
	}
	defer file.Close()
	_ = sendFile(w, name, file) // the client may have gone
}

// openFile opens a file by its absolute path.
func (h *Handler) openFile(name string) (*ciscolog.Extract, error) {
	of, ok := strings.CutPrefix(name, activeLog)
	if !ok {
		return nil, fs.ErrNotExist
	}
	return h.node.OpenLogFile(of)
}

// sendFile sends the envelope, and the file as it is read.
func sendFile(to http.ResponseWriter, name string, file io.Reader) error {
	id := rand.Text()
	parts := multipart.NewWriter(to)
	if err := parts.SetBoundary("MIMEBoundaryurn_uuid_" + id); err != nil {
		return err
	}
	begin := func(n int, kind string) (io.Writer, error) {
		return parts.CreatePart(textproto.MIMEHeader{
			"Content-Type": {kind}, "Content-Transfer-Encoding": {"binary"},
			"Content-ID": {fmt.Sprintf("<%d.%s@itlsim>", n, id)},
		})
	}
	// A client looks for the boundary between quotes, before anything else that is quoted.
	to.Header().Set("Content-Type", fmt.Sprintf(
		`multipart/related; boundary="%s"; type="text/xml"; start="<0.%s@itlsim>"`, parts.Boundary(), id))
	part, err := begin(0, "text/xml")
	if err != nil {
		return err
	}
	err = envelope(part, func(w *writer) {
		w.in(getOneFile+"Response", func() { w.part("DataHandlerName", name) }, "xmlns:ns1", getFileSpace)
	})
	if err != nil {
		return err
	}
	if part, err = begin(1, "application/octet-stream"); err != nil {
		return err
	}
	if _, err = io.Copy(part, file); err != nil {
		return err
	}
	return parts.Close()
}
