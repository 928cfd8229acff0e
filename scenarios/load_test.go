package scenarios

import "testing"

// No file, however broken, does anything but come back with a problem.
func FuzzLoad(f *testing.F) {
	for _, s := range Builtin() {
		source, _ := Source(s.Name)
		f.Add(source)
	}
	f.Add([]byte("name: [\n"))
	f.Add([]byte("- *a\n- &a <<: {}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Load("fuzz.yaml", data, nil)
		if err == nil {
			if s.Name == "" || s.Phones() == 0 || len(s.Steps) == 0 {
				t.Fatal("a scenario without anything in it")
			}
			return
		}
		problems, ok := err.(Problems)
		if !ok || len(problems) == 0 {
			t.Fatalf("%T: %v", err, err)
		}
		for _, p := range problems {
			if p.Line < 1 || p.Column < 1 || p.Message == "" {
				t.Fatalf("no position: %v", p)
			}
		}
	})
}
