package phone

// A Face is what people see of a phone: its build, its keys and the words of its menus,
// named by a model that has them. It decides nothing that the phone does. That models
// share a face is remembered, but for what the guides' menus say.
type Face string

// The faces.
const (
	Face7962  Face = "7962"  // grey screen, soft keys, Settings and Directories
	Face7965  Face = "7965"  // the same in colour
	Face6941  Face = "6941"  // small grey screen, Applications and Contacts
	Face7841  Face = "7841"  // grey screen, line keys at both sides
	Face8811  Face = "8811"  // the same, larger
	Face8841  Face = "8841"  // the same in colour
	Face8865  Face = "8865"  // with a camera
	Face8821  Face = "8821"  // held in the hand, without a cable
	Face8832  Face = "8832"  // for a conference's table
	Face9971  Face = "9971"  // large screen to touch
	FaceDX650 Face = "DX650" // hardly more than a screen
	Face9841  Face = "9841"
	Face6901  Face = "6901" // a small phone: a handset, a pad and few keys, no screen with menus
	FaceNone  Face = "none" // an adapter or a program: nothing that looks like a phone
)
