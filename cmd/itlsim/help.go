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
	"health_ready_file": "The file that serve or demo was told to write by its own --ready-file.",

	"demo_mode": "wire: real sockets on loopback; virtual: a simulated network and clock, for " +
		"tens of thousands of phones.",
	"demo_boots": "Phones that boot at a time; " + boots + " if not given, 10000 in virtual mode.",
	"demo_tour":  "Play a scenario step by step from the start, such as story, bulk-reset or recovery.",
	"demo_listen": "Address of the page, host:port; a free port of 127.0.0.1 if not given. Beyond " +
		"loopback it needs --token.",
	"demo_token": "Ask browsers for this token once, " + strconv.Itoa(guard.MinToken) + " characters or more: " +
		"http://ADDR/?token=TOKEN. Other users of the machine can see a flag, but not a variable.",
	"ssh_legacy":          "Also let in SSH clients from before 2014: SHA-1, CBC, and an RSA host key.",
	"demo_admin_password": "The administrator's password; a random one is made and printed if not given.",
	"demo_port_offset":    "Let the nodes listen on the standard ports plus N; free ports if not given.",
	"fuzz_keep":           "Carry out only these acts of the plan, by number (3,7,8), or none. With --runs 1.",
	"cli_fuzz":            "Look for a run that breaks trust: random clusters, plans and faults in virtual time.",
	"cli_import": "Make a plan of a real fleet from BAT exports, the output of show risdb query phone, RIS and " +
		"run sql, CSV, show itl and .tlv files.",
	"cli_models": "List the known models of phones, what each family of them does, and how well that is known.",
	"import_output": "Write the plan to this file, and the files that it names next to it; if not given, print " +
		"only the plan.",
	"cli_phones": "Run phones alone against any TFTP server, with TVS and SIP from the " +
		"configuration files they get.",
	"cli_worker": "Take a share of the runs of a farm: have phones on this machine, or play shards.",
	"farm":       "Use the workers of a farm whose server already runs: nats://HOST:PORT or tls://HOST:PORT.",
	"farm_listen": "Start a farm that workers join at this host:port; :0 is a free port of loopback. Beyond " +
		"loopback it uses TLS.",
	"farm_store": "Keep the farm of --farm-listen in this directory; a temporary one if not given.",
	"farm_creds": "Credentials for the farm: a file with a JWT and its seed, or with the seed of an nkey.",
	"worker_farm": "Farm to work for: nats://HOST:PORT, tls://HOST:PORT, or the file with a join string; " +
		"ITLSIM_FARM if not given.",
	"worker_address": "Have phones on sockets here, which all share this IPv4 address of the machine; servers " +
		"must be able to reach it. If not given, play shards of runs in virtual time.",
	"worker_target": "Addresses that the phones here may send to; they send nothing elsewhere, whatever a run or a " +
		"server says. May be given more than once.",
	"worker_phones_max": "Most phones that this worker takes; 20000 if not given.",
	"phones_workers":    "Number of workers that share the phones. With a farm.",

	"phones_tftp": "TFTP servers, host or host:port (69), in the order of option 150.",
	"phones_stay": "Keep the phones on until interrupted: they stay registered, take resets and show their pages. " +
		"What that does to their trust is reported on standard error.",
	"phones_json": "Write the outcome and every phone as JSON: when all have booted, at the end, and whenever " +
		"the process gets SIGUSR1 (not on Windows); - is standard output.",
	"phones_number": "Directory number that the phones register with; their names if not given.",
	"phones_model": "Models of the phones, in turn: \"8861\" or \"8861 10.3(1)\" (see itlsim models); " +
		"a mix of five if not given.",
	"phones_directory": "Open the corporate directory on each phone when all have booted, and say what happened: " +
		"TVS verifies the certificate of an HTTPS server that is not in the phone's list.",
	"phones_address": "An IPv4 address of this machine that all phones share instead of having one each, so that " +
		"resets from servers on other machines reach them.",
	"phones_quiet": "Wait until no phone has begun or ended a boot for this long (30s), since a call manager " +
		"may send resets at any time.",
	"phones_from": "Address of the first phone, in 127.0.0.0/8; the others count on from it.",
	"metrics": "Serve metrics for Prometheus at http://ADDR/metrics while it runs; :0 chooses a free port " +
		"on loopback and prints it.",
	"phones_sip_port": "Port on which the phones take resets; the system chooses one if not given.",
	"phones_web_port": "Port of the phones' web pages; the system chooses one if not given.",
	"run_page": "Show the run while it goes on the demonstration's page, at http://ADDR/, to look at only. The server " +
		"stops with the run; an open page goes on showing how it ended. Port 0 chooses a free one and prints it. " +
		"Beyond loopback it needs --page-token.",
	"run_fresh":          "Play all shards anew, whether the farm has their parts or not.",
	"run_workers_wanted": "Number of workers that share the phones of a run on sockets; one if not given. With a farm.",
	"run_address": "IPv4 address of the first node, which workers on other machines can reach; the other nodes take the next " +
		"ones. With a farm in --mode wire.",
	"worker_shards": "Shards to play at a time; each takes a processor, and the memory of its phones.",
	"run_shards": "Play the phones in S parts, each with a copy of the clusters, --workers at a time, so that a run " +
		"needs the memory of only those parts. Acts then have a --pace (docs/reports.md). --mode virtual.",
	"run_pace": "How long each act takes on the scenario's clock, besides its waits, such as 2m; it must be longer than " +
		"the phones need. --mode virtual.",
	"run_shard":     "Play only this one of the --shards, counted from 0, and write its --part.",
	"run_part":      "Write the part of the --shard there when it is complete; itlsim merge makes one report of all parts.",
	"run_scenario":  "Name of a built-in scenario (see itlsim list), or a scenario file.",
	"run_phones":    "Number of phones; the scenario's own if not given. Groups keep their proportions.",
	"run_mode":      "wire: real sockets on loopback; virtual: a simulated network and clock.",
	"serve_release": "Release of a new cluster, 10.0 if not given: " + releases() + ".",
	"serve_state":   "Keep the cluster in this directory, and start the one that is there already.",
	"serve_state_generation": "Start this generation of the state instead of the latest, which undoes what later ones " +
		"changed.",
	"serve_ready_file":        "Write the addresses and the login as JSON once everything answers.",
	"serve_admin_password":    "Password of the user admin; a random one is made and printed if not given.",
	"serve_security_password": "Cluster security password of a new cluster, which protects ITLRecovery.p12.",
	"serve_digest": "TFTP File Signature Algorithm of a new cluster, SHA-1 or SHA-512; older firmware knows " +
		"only SHA-1.",
	"api": "Serve the API at this host:port, in the sentences of scenario files (docs/api.md); the ready file has " +
		"its address and token. :8080 is a port of loopback.",
	"serve_scenario": "Name of a built-in scenario, or a scenario file, whose cluster and phones to start; " +
		"none of its steps is played.",
	"serve_mode": "How to run a scenario: wire is real sockets on loopback; virtual is a simulated network and clock, " +
		"which only waits move.",
	"serve_port_offset": "Add N to every standard port; 0 if not given, or free ports with a scenario.",
	"ris_rate": "Answer N questions about devices (RIS) a minute, on all nodes together; 0 is no limit, " +
		"15 if not given.",
	"serve_auto_registration": "Accept phones that are not in the database: on here, off in a new CUCM.",
	"serve_address":           "IPv4 address of the publisher; the other nodes take the next ones.",
}
