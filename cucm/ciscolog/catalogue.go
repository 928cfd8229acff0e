package ciscolog

// An Alarm is a row of the catalogue.
type Alarm uint8

// The alarms that a node raises. The zero value is none of them.
const (
	// Cisco Trust Verification Service (catalogue System/TVS). The facility
	// UC_TVS is inferred: no entry of these is published. The catalogue has the
	// names of the two about the rollback, their texts are this project's own.
	ITLFileRegenerated Alarm = iota + 1
	TVSCertificateRegenerated
	RollbackEnabled
	RollbackDisabled

	// Certificate Monitor. CertExpired is CUCM's; of the recovery key's alert
	// (M16) neither name nor text is published, nor of an e-mail that fails.
	CertExpired
	RecoveryBackup
	RTMTAlert
	NotificationFailed

	// AuthenticationFailed is a refused login at the command line. Its form is
	// this project's own.
	AuthenticationFailed

	// CallManager. EndPointUnregistered is from a log; the catalogue has the
	// others, and their texts are remembered. No entry of DeviceTLInfo is
	// published: its tags are those of the phone's own alarm (M19).
	EndPointRegistered
	EndPointUnregistered
	EndPointResetInitiated
	DeviceTLInfo

	// EndPointUnregisteredByReset is EndPointUnregistered with a reason for
	// which the catalogue lowers the severity: the phone was reset.
	EndPointUnregisteredByReset
)

// definition is what the catalogue says of an alarm.
type definition struct {
	facility string // as in %UC_CERT
	severity int    // of syslog, 0 to 7
	name     string
	appID    string
	text     string
}

const (
	tvsService         = "Cisco Trust Verification Service"
	certificateMonitor = "Cisco Certificate Monitor"
	callManager        = "Cisco CallManager"
)

// catalogue has a row for each alarm, at its number.
var catalogue = [...]definition{
	ITLFileRegenerated: {"UC_TVS", 6, "ITLFileRegenerated", tvsService,
		"New ITL File has been generated"},
	TVSCertificateRegenerated: {"UC_TVS", 6, "TVSCertificateRegenerated", tvsService,
		"TVS Server certificate has been regenerated"},
	RollbackEnabled: {"UC_TVS", 6, "RollBackToPre8.0Enabled", tvsService,
		"Prepare Cluster for Rollback to pre 8.0 has been set to True"},
	RollbackDisabled: {"UC_TVS", 6, "RollBackToPre8.0Disabled", tvsService,
		"Prepare Cluster for Rollback to pre 8.0 has been set to False"},

	CertExpired: {"UC_CERT", 0, "CertExpired", certificateMonitor,
		"Certificate has Expired and needs to be changed at the earliest"},
	RecoveryBackup: {"UC_CERT", 4, "ITLRecoveryBackup", certificateMonitor,
		"The ITLRecovery key has no backup. Please save it with: file get tftp ITLRecovery.p12"},
	RTMTAlert: {"UC_RTMT", 4, "RTMT_ALERT", "Cisco AMC Service",
		"RTMT Alert"},
	NotificationFailed: {"UC_CERT", 3, "NotificationFailed", certificateMonitor,
		"The notification e-mail could not be sent"},

	AuthenticationFailed: {"UC_LOGIN", 4, "AuthenticationFailed", "Cisco CLI",
		"Login Authentication failed"},

	EndPointRegistered: {"UC_CALLMANAGER", 6, "EndPointRegistered", callManager,
		"An endpoint has registered"},
	EndPointUnregistered: {"UC_CALLMANAGER", 3, "EndPointUnregistered", callManager,
		"An endpoint has unregistered"},
	EndPointUnregisteredByReset: {"UC_CALLMANAGER", 6, "EndPointUnregistered", callManager,
		"An endpoint has unregistered"},
	EndPointResetInitiated: {"UC_CALLMANAGER", 6, "EndPointResetInitiated", callManager,
		"Endpoint reset has been initiated"},
	DeviceTLInfo: {"UC_", 6, "DeviceTLInfo", callManager,
		"Trust lists of a device"},
}

// String is the alarm's name, such as "ITLFileRegenerated".
func (a Alarm) String() string { return catalogue[a].name }

// Text is the catalogue's explanation, which ends an entry.
func (a Alarm) Text() string { return catalogue[a].text }
