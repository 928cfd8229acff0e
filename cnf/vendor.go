package cnf

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
)

// vendor are the elements of vendorConfig that spell [Settings], in the file's order. Each
// has two values: what 0 says, and the other one.
var vendor = []struct {
	name   string
	of     func(*Settings) *bool
	atZero bool
}{
	{"settingsAccess", func(s *Settings) *bool { return &s.SettingsAccess }, false},
	{"webAccess", func(s *Settings) *bool { return &s.WebAccess }, true},
	{"sshAccess", func(s *Settings) *bool { return &s.SSHAccess }, true},
	{"spanToPCPort", func(s *Settings) *bool { return &s.SpanToPCPort }, true},
}

// vendorXML is vendorConfig in a file.
type vendorXML Settings

// vendorDefaults are the settings of a file that has none.
var vendorDefaults = vendorXML{SettingsAccess: true}

// UnmarshalXML takes the elements that there are. Whatever is not 0 is the other value.
func (v *vendorXML) UnmarshalXML(d *xml.Decoder, _ xml.StartElement) error {
	for {
		token, err := d.Token()
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.EndElement:
			return nil
		case xml.StartElement:
			var said text
			if err := d.DecodeElement(&said, &token); err != nil {
				return err
			}
			for _, e := range vendor {
				if e.name == token.Name.Local {
					*e.of((*Settings)(v)) = (said.trim() == "0") == e.atZero
				}
			}
		}
	}
}

// vendorOf are the texts of settings, by their elements.
func vendorOf(s Settings) map[string]string {
	texts := make(map[string]string, len(vendor))
	for _, e := range vendor {
		texts[e.name] = digit(*e.of(&s) != e.atZero)
	}
	return texts
}

func digit(one bool) string {
	if one {
		return "1"
	}
	return "0"
}

// An Override is those settings of a phone that are its own; the others are as everybody's.
// The zero value has none.
type Override struct{ own, values Settings }

// ErrNoSetting refuses an element of vendorConfig that is none of the [Settings].
var ErrNoSetting = errors.New("there is no setting")

// Set makes a setting the phone's own, by element and text as vendorConfig has them.
func (o *Override) Set(element, text string) error {
	for _, e := range vendor {
		if e.name != element {
			continue
		}
		if text != "0" && text != "1" {
			return fmt.Errorf("%s is %q; it is 0 or 1", element, text)
		}
		*e.of(&o.own), *e.of(&o.values) = true, (text == "0") == e.atZero
		return nil
	}
	return fmt.Errorf("%w %q", ErrNoSetting, element)
}

// Over are the settings of a phone whose other ones are these.
func (o Override) Over(common Settings) Settings {
	for _, e := range vendor {
		if *e.of(&o.own) {
			*e.of(&common) = *e.of(&o.values)
		}
	}
	return common
}

// Elements are the settings that are its own, as vendorConfig has them: pairs of element
// and text.
func (o Override) Elements() (all [][2]string) {
	texts := vendorOf(o.values)
	for _, e := range vendor {
		if *e.of(&o.own) {
			all = append(all, [2]string{e.name, texts[e.name]})
		}
	}
	return all
}

// MarshalJSON is an object of elements and their texts.
func (o Override) MarshalJSON() ([]byte, error) {
	texts := make(map[string]string)
	for _, e := range o.Elements() {
		texts[e[0]] = e[1]
	}
	return json.Marshal(texts)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (o *Override) UnmarshalJSON(data []byte) error {
	var texts map[string]string
	if err := json.Unmarshal(data, &texts); err != nil {
		return err
	}
	*o = Override{}
	for element, text := range texts {
		if err := o.Set(element, text); err != nil {
			return err
		}
	}
	return nil
}

// VendorElements are the elements of vendorConfig that mean something here.
func VendorElements() []string {
	names := make([]string, len(vendor))
	for i, e := range vendor {
		names[i] = e.name
	}
	return names
}
