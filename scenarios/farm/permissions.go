package farm

// WorkerPublishes are the subjects that a worker's account needs to publish on, and no
// others: to take shards and acknowledge them, read files, put parts and tell how far it is.
// It creates and removes nothing else, and can have nothing delivered but to itself.
func WorkerPublishes() []string {
	return []string{
		"$JS.API.STREAM.INFO." + shardsStream,
		"$JS.API.CONSUMER.INFO." + shardsStream + ".*",
		"$JS.API.CONSUMER.MSG.NEXT." + shardsStream + ".*",
		"$JS.ACK." + shardsStream + ".>",
		"$JS.API.STREAM.INFO.OBJ_" + filesBucket,
		"$JS.API.DIRECT.GET.OBJ_" + filesBucket,
		"$JS.API.DIRECT.GET.OBJ_" + filesBucket + ".>",
		"$JS.API.STREAM.INFO.OBJ_" + partsBucket,
		"$JS.API.DIRECT.GET.OBJ_" + partsBucket + ".$O." + partsBucket + ".M.*",
		"$O." + partsBucket + ".C.*",
		"$O." + partsBucket + ".M.*",
		progressSubject + "*",
		callSubject,
		postSubject + "*",
	}
}

// WorkerHears are the subjects that it needs to subscribe to: answers to what it asked.
func WorkerHears() []string { return []string{inbox + ".>"} }
