package main

import (
	"strconv"
	"strings"

	"github.com/alecthomas/kong"

	"itlsim/cucm"
	"itlsim/fleet/wire"
	"itlsim/internal/guard"
)

var boots = strconv.Itoa(wire.DefaultBoots)

// releases are all that are simulated, with commas between them.
func releases() string {
	var names []string
	for _, r := range cucm.Releases() {
		names = append(names, string(r))
	}
	return strings.Join(names, ",")
}

// withHelpTexts has helps of helpTexts, which a command line's definition names as "${NAME}". As variables of kong
// each would be looked through anew for each flag, which takes longer than most commands do.
var withHelpTexts = kong.PostBuild(func(k *kong.Kong) error {
	return kong.Visit(k.Model, func(node kong.Visitable, next kong.Next) error {
		switch node := node.(type) {
		case *kong.Node:
			node.Help = helpText(node.Help)
		case *kong.Value:
			node.Help = helpText(node.Help)
		}
		return next(nil)
	})
})

// helpText is the help that a definition names, or has. Of a name that nobody has the parser says so.
func helpText(help string) string {
	name, _ := strings.CutPrefix(help, "${")
	if text, ok := helpTexts[strings.TrimSuffix(name, "}")]; ok {
		return text
	}
	return help
}

// helpTexts are the helps that are too long for a line with their flag, named by
// command and flag.
var helpTexts = map[string]string{
	"health_ready_file": "The file that the command which put the cluster up was given as its --ready-file.",

	"demo_mode": "wire: real sockets on loopback; virtual: a simulated network and clock, for " +
		"tens of thousands of phones.",
	"demo_boots": "Phones that boot at a time; " + boots + " if not given, 10000 in virtual mode.",
	"demo_tour":  "Play a scenario step by step from the start, such as story, bulk-reset or recovery.",
	"demo_listen": "Address of the page, host:port. One that is not loopback needs --token; a port " +
		"of 127.0.0.1 that the system chooses if not given.",
	"demo_token": "What a browser must show once, " + strconv.Itoa(guard.MinToken) +
		" characters or more: http://ADDR/?token=TOKEN. Other users see flags; a variable they do not.",
	"ssh_legacy":          "Let SSH clients of before 2014 in, too: SHA-1, CBC, and an RSA host key.",
	"demo_admin_password": "The administrator's password; a random one is made and printed if not given.",
	"demo_port_offset":    "Have the nodes listen on the standard ports plus N; on free ports if not given.",
	"fuzz_keep":           "Carry out these acts of the plan alone, by number (3,7,8), or none. With --runs 1.",
	"cli_fuzz":            "Look for a run that breaks trust: random clusters, plans and faults in virtual time.",
	"cli_import": "Make a plan of a real fleet: out of BAT exports, show risdb query phone, RIS and run sql " +
		"output, CSV, show itl and .tlv files.",
	"cli_models": "List the models of phones that are known, what each family of them does, and how well that " +
		"is known.",
	"import_output": "Write the plan there, and what it names beside it; without it the plan alone is printed.",
	"cli_phones": "Run phones alone against any TFTP server, with TVS and SIP from the " +
		"configuration files they get.",
	"cli_worker": "Do a part of runs that are made elsewhere: have phones here for them, or play shards.",
	"farm":       "Have workers of a farm do it, whose server is there already: nats://HOST:PORT or tls://HOST:PORT.",
	"farm_listen": "Begin a farm there, host:port, for workers to join by; :0 is a free port of loopback. Beyond " +
		"loopback there is TLS.",
	"farm_store": "Keep the farm of --farm-listen in this directory; a temporary one if not given.",
	"farm_creds": "What shows a farm who this is: a file with a JWT and its seed, or with the seed of an nkey.",
	"worker_farm": "Farm to work for: nats://HOST:PORT, tls://HOST:PORT, or the file with a join string; " +
		"ITLSIM_FARM if not given.",
	"worker_address": "Have phones of runs on sockets here, which all share this IPv4 address of the " +
		"machine: servers reach it. Without it, shards of runs in virtual time are played.",
	"worker_target": "Addresses that phones here may send to; nothing is sent elsewhere, whatever a run or a server " +
		"says. May be given more than once.",
	"worker_phones_max": "Phones that this worker takes at most; 20000 if not given.",
	"phones_workers":    "Workers among which a farm's phones are shared out.",

	"phones_tftp": "TFTP servers, host or host:port (69), in the order of option 150.",
	"phones_stay": "Keep the phones on until interrupted: they stay registered, take resets and show their pages. " +
		"What that does to their trust is told on standard error.",
	"phones_json": "Write the outcome as JSON, with every phone, when they have booted, at the end, and whenever " +
		"the process gets SIGUSR1, which Windows does not have; - is standard output.",
	"phones_number": "Directory number by which the phones register; their names, if not given.",
	"phones_model": "Models that the phones are of, in turn: \"8861\" or \"8861 10.3(1)\" (see itlsim models); " +
		"a mix of five, if not given.",
	"phones_directory": "Open the corporate directory of each phone when all have booted, and say what came of it: " +
		"TVS verifies the certificate of an HTTPS server that is not in the phone's list.",
	"phones_address": "An IPv4 address of this machine that all phones share, in place of one each: so resets reach " +
		"phones whose servers are on other machines.",
	"phones_quiet": "Wait until no phone has begun or ended a boot for so long (30s): a call manager's resets come " +
		"when it pleases.",
	"phones_from": "Address of the first phone, in 127.0.0.0/8; the others count on from it.",
	"metrics": "Show metrics to Prometheus at http://ADDR/metrics meanwhile; :0 chooses a free port on loopback, " +
		"which is printed.",
	"phones_sip_port": "Port at which phones take resets; the system chooses one, if not given.",
	"phones_web_port": "Port of the phones' web pages; the system chooses one, if not given.",
	"run_page": "Show the run as it goes in a browser, at http://ADDR/, on the demonstration's page, where nothing " +
		"can be done to it. The page ends with the run, and keeps showing how that ended; port 0 chooses a free one, " +
		"which is printed. An address that is not loopback needs --page-token.",
	"run_fresh": "Play all shards anew, whether the farm has their parts or not.",
	"run_workers_wanted": "Workers among which the phones of a run on sockets are shared out; one if not given. With a " +
		"farm.",
	"run_address": "IPv4 address of the first node, which workers on other machines reach; the other nodes have those " +
		"that follow. With a farm in --mode wire.",
	"worker_shards": "How many to play at a time: each takes a processor, and the memory of its phones.",
	"run_shards": "Play the phones in S parts, each with a copy of the clusters, as many at a time as there are " +
		"--workers: so a run takes the memory of a part. Acts have a --pace then (docs/reports.md). --mode virtual.",
	"run_pace": "How long each act takes on the scenario's clock beside what it waits, such as 2m; more than phones " +
		"need for it. --mode virtual.",
	"run_shard":     "Play this one of the --shards alone, from 0, and write its --part.",
	"run_part":      "Where the part of the --shard goes, once it is whole; itlsim merge makes a report of all.",
	"run_scenario":  "Name of a built-in scenario (see itlsim list), or a scenario file.",
	"run_phones":    "Number of phones; the scenario's own if not given. Groups keep their proportions.",
	"run_mode":      "wire: real sockets on loopback; virtual: a simulated network and clock.",
	"serve_release": "Release of a new cluster, 10.0 if none is given: " + releases() + ".",
	"serve_state":   "Keep the cluster in this directory, and bring up the one that is kept there.",
	"serve_state_generation": "Bring up this generation of the state in place of the one in force: what later ones " +
		"changed is undone.",
	"serve_ready_file":        "Write the addresses and the login as JSON once everything answers.",
	"serve_admin_password":    "Password of admin; a random one is made and printed if not given.",
	"serve_security_password": "Cluster security password of a new cluster, which protects ITLRecovery.p12.",
	"serve_digest": "TFTP File Signature Algorithm of a new cluster, SHA-1 or SHA-512; older firmware knows " +
		"SHA-1 alone.",
	"api": "Answer programs there, host:port, in the sentences of scenario files (docs/api.md); the ready file " +
		"has the address and the token that they show. :8080 is a port of loopback.",
	"serve_scenario": "Name of a built-in scenario, or a scenario file, whose cluster and phones are put up; " +
		"none of its steps is played.",
	"serve_mode": "Of a scenario: wire is real sockets on loopback; virtual a simulated network and clock, which " +
		"waits alone move.",
	"serve_port_offset": "Add N to every standard port; 0 if not given, but with a scenario free ports.",
	"ris_rate": "Answer N questions about devices (RIS) a minute, all nodes together; 0 is any number, " +
		"15 if not given.",
	"serve_auto_registration": "Take phones that are not in the database: on here, off on a new CUCM.",
	"serve_address":           "IPv4 address of the publisher; the other nodes have those that follow.",
}
