package cucm

// StateFiles is the cluster's whole state as it would be kept.
func StateFiles(c *Cluster) (map[string][]byte, error) { return encode(c.draft()) }
