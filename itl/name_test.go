package itl_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/itl"
)

func TestCommonName(t *testing.T) {
	for name, want := range map[string]string{
		"CN=test10pub.joemar2.lab;OU=tac;O=cisco;L=rtp;ST=nc;C=US": "test10pub.joemar2.lab",
		"CN=test10pub,O=cisco":    "test10pub",
		"CN=test10pub, O=cisco":   "test10pub",
		"O=cisco, CN=test10pub":   "test10pub",
		"CN=test10pub":            "test10pub",
		"CN=Example, Inc.;OU=tac": "Example, Inc.",
		`CN=Example\, Inc.,O=x=y`: "Example, Inc.",
		`CN=a\;b\\;OU=tac`:        `a;b\`,
		"OU=tac;O=cisco":          "OU=tac",
		"test10pub":               "test10pub",
		"CN=;OU=tac":              "",
		"CN=x,":                   "x,",
		`CN=x\`:                   `x\`,
		"":                        "",
		";;":                      "",
	} {
		require.Equal(t, want, itl.CommonName(name), name)
	}
}
