package tvs

import "crypto/tls"

// TLSConfig is TLS as phones and nodes of the time speak it, what both sides have in
// common. A zero version is the default's.
func TLSConfig(minVersion, maxVersion uint16) *tls.Config {
	if minVersion == 0 {
		minVersion = tls.VersionTLS10 // 79xx phones have no other
	}
	return &tls.Config{
		MinVersion: minVersion,
		MaxVersion: maxVersion,
		// An 8861 and CUCM 11 agreed on AES256-SHA with RSA key exchange,
		// which crypto/tls offers only when told to.
		CipherSuites: []uint16{
			tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
			tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
			tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,
			tls.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA,
			tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
			tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
			tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
			tls.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA,
			tls.TLS_RSA_WITH_AES_128_GCM_SHA256,
			tls.TLS_RSA_WITH_AES_256_GCM_SHA384,
			tls.TLS_RSA_WITH_AES_128_CBC_SHA,
			tls.TLS_RSA_WITH_AES_256_CBC_SHA,
		},
		// No phone has a post-quantum key share, which costs 200 us and more.
		CurvePreferences:       []tls.CurveID{tls.X25519, tls.CurveP256, tls.CurveP384, tls.CurveP521},
		SessionTicketsDisabled: true, // "session caching disabled", says the phone's trace
		// A message stays in one record: tvsd and tvsc read a header at once.
		DynamicRecordSizingDisabled: true,
	}
}
