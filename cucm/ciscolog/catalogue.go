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

	// AuthenticationFailed is a refused login, by any interface. Its form is
	// this project's own.
	AuthenticationFailed

	// ProgramFault is a panic in a command or a request, which ended alone: this
	// project's own, of the program and not of what it simulates.
	ProgramFault

	// CallManager (error messages 14).
	EndPointRegistered
	EndPointUnregistered
	EndPointResetInitiated
	DeviceTLInfo // of a phone (M19)

	NumDevRegExceeded // name and text are remembered
	// ReportsForgotten and RequestsDropped are this project's own.
	ReportsForgotten
	RequestsDropped // of Cisco Tftp

	// EndPointUnregisteredByReset is EndPointUnregistered with a reason for
	// which the catalogue lowers the severity: the phone was reset.
	EndPointUnregisteredByReset

	// Service Manager (HCM-F log).
	ServiceStarted
	ServiceStartFailed
)

// definition is what the catalogue says of an alarm.
type definition struct {
	facility string // as in %UC_CERT
	severity int    // of syslog, 0 to 7
	name     string
	appID    string // the process that sends it
	text     string
}

const (
	tvsService         = "Cisco Trust Verification Service"
	certificateMonitor = "Cisco Certificate Monitor"
	callManager        = "Cisco CallManager"
	tftpService        = "Cisco Tftp"
	serviceManager     = "Cisco Service Manager"
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

	ProgramFault: {"UC_ITLSIM", 2, "ProgramFault", "itlsim",
		"A fault of the program ended a command or request"},

	EndPointRegistered: {"UC_CALLMANAGER", 6, "EndPointRegistered", callManager,
		"Endpoint registered"},
	EndPointUnregistered: {"UC_CALLMANAGER", 3, "EndPointUnregistered", callManager,
		"An endpoint has unregistered"},
	EndPointUnregisteredByReset: {"UC_CALLMANAGER", 6, "EndPointUnregistered", callManager,
		"An endpoint has unregistered"},
	EndPointResetInitiated: {"UC_CALLMANAGER", 6, "EndPointResetInitiated", callManager,
		"Endpoint reset initiated on the specified endpoint"},
	NumDevRegExceeded: {"UC_CALLMANAGER", 3, "NumDevRegExceeded", callManager,
		"The allowed number of registered devices was exceeded"},
	ReportsForgotten: {"UC_CALLMANAGER", 4, "ReportsForgotten", callManager,
		"Trust list reports of devices that are not configured were forgotten"},
	RequestsDropped: {"UC_TFTP", 4, "RequestsDropped", tftpService,
		"The Maximum Serving Count was reached and requests were dropped"},
	DeviceTLInfo: {"UC_PHONE", 6, "DeviceTLInfo", callManager,
		"Trust List Files are updated or installed"},

	ServiceStarted: {"UC_GENERIC", 6, "ServiceStarted", serviceManager,
		"Service started."},
	ServiceStartFailed: {"UC_SERVICEMANAGER", 2, "ServiceStartFailed", serviceManager,
		"Failed to start service."},
}

// String is the alarm's name, such as "ITLFileRegenerated".
func (a Alarm) String() string { return catalogue[a].name }

// Text is the catalogue's explanation, which ends an entry.
func (a Alarm) Text() string { return catalogue[a].text }

// sender is the process that sends alarms of a name; "" where there is none.
func sender(name string) string {
	for _, d := range catalogue {
		if d.name == name {
			return d.appID
		}
	}
	return ""
}
