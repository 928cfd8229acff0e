package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"iter"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// plainMethods are those of the standard library's interfaces, which say what they do.
var plainMethods = regexp.MustCompile(`\.(Error|String|Unwrap|Is|As|(M|Unm)arshal(Text|JSON|XML|YAML))$`)

// plainFields need no comment: Seq is which request of a phone an event answers (package phone
// says it of all), Data the bytes of what the struct is, Step counts from 1.
var plainFields = regexp.MustCompile(`\.(Seq|Data|Step)$`)

// telling are the types of fields whose names do not tell unit, range or moment. A text, an
// error, and what has a type with a documentation of its own are plain.
var telling = regexp.MustCompile(`^(u?int\d*|float\d+|bool|byte|time\..*|func\(.*|\[\](byte|int)|map\[.*)$`)

// Whatever another package can name has a comment: types, functions and methods, variables, and
// of structs and interfaces the fields and methods that are not plain. Form, such as that it
// begins with the name, is staticcheck's (staticcheck.conf).
func TestExportedNamesAreDocumented(t *testing.T) {
	fset, found := token.NewFileSet(), 0
	for _, file := range sources(t, fset) {
		for name, at := range exported(fset, file) {
			found++
			if at != nil {
				t.Errorf("%s: %s has no documentation", fset.Position(at.Pos()), name)
			}
		}
	}
	require.Greater(t, found, 2000, "names found")
}

func TestWhatCountsAsDocumented(t *testing.T) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "x.go", `package x
// Speed is how fast it goes, and Slow whether it does not.
func (c *Car) Speed() int { return 0 }
func (c *Car) Slow() bool { return false }
func (c *Car) Bare() int { return 0 }
func (c *Car) Error() string { return "" }

// A Car has a Weight in kilograms.
type Car struct {
	Weight int
	Length int // metres
	Width int

	Price int
	Name string
	price int
}
type Wheel int
const (
	Front Wheel = 1 // where the motor is
	Back Wheel = 2
)
type inner struct{ Kept int }`, parser.ParseComments)
	require.NoError(t, err)
	var bare []string
	for name, at := range exported(fset, file) {
		if at != nil {
			bare = append(bare, name)
		}
	}
	require.Equal(t, []string{"Car.Bare", "Car.Price", "Wheel", "Back"}, bare)
}

// exported are the names of a file that need a documentation, and where those stand that have
// none. A comment counts for what stands directly below, too: for functions that it names, and
// for fields.
func exported(fset *token.FileSet, file *ast.File) iter.Seq2[string, ast.Node] {
	f := documented{fset, nil}
	var doc string // of the function above
	var above ast.Node
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Doc != nil || !f.below(above, decl) {
				doc = decl.Doc.Text()
			}
			above = decl
			if name := methodName(decl); ast.IsExported(name) && decl.Name.IsExported() && !plainMethods.MatchString(name) {
				f.name(decl, name, decl.Doc != nil || mentions(doc, decl.Name.Name))
			}
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				f.spec(spec, decl.Doc.Text(), decl.Tok == token.TYPE && len(decl.Specs) > 1)
			}
		}
	}
	return func(yield func(string, ast.Node) bool) {
		for _, e := range f.all {
			if !yield(e.name, e.at) {
				return
			}
		}
	}
}

type documented struct {
	fset *token.FileSet
	all  []entry
}

// An entry is a name, and where it stands if it has no documentation.
type entry struct {
	name string
	at   ast.Node
}

func (f *documented) name(at ast.Node, name string, has bool) {
	if has {
		at = nil
	}
	f.all = append(f.all, entry{name, at})
}

// below reports whether b begins in the line after a.
func (f *documented) below(a, b ast.Node) bool {
	return a != nil && f.fset.Position(a.End()).Line+1 == f.fset.Position(b.Pos()).Line
}

// spec notes a type or variables. The comment above their declaration does for all of them, of
// several types for those that it names.
func (f *documented) spec(spec ast.Spec, doc string, several bool) {
	switch spec := spec.(type) {
	case *ast.ValueSpec:
		for _, id := range spec.Names {
			if id.IsExported() {
				f.name(id, id.Name, doc+spec.Doc.Text()+spec.Comment.Text() != "")
			}
		}
	case *ast.TypeSpec:
		if name := spec.Name.Name; spec.Name.IsExported() {
			own := spec.Doc.Text() + spec.Comment.Text()
			f.name(spec, name, own != "" || doc != "" && (!several || mentions(doc, name)))
			f.fields(name, spec.Type, doc+own)
		}
	}
}

// fields notes those of a struct and the methods of an interface; doc is the type's own.
func (f *documented) fields(of string, typ ast.Expr, doc string) {
	var list *ast.FieldList
	switch typ := typ.(type) {
	case *ast.StructType:
		list = typ.Fields
	case *ast.InterfaceType:
		list = typ.Methods
	default:
		return
	}
	var above ast.Node // the last field that has a comment, or stands below one
	for _, field := range list.List {
		has := field.Doc != nil || field.Comment != nil || f.below(above, field)
		if above = nil; has {
			above = field
		}
		for _, id := range field.Names {
			name := of + "." + id.Name
			if id.IsExported() && telling.MatchString(types.ExprString(field.Type)) && !plainFields.MatchString(name) {
				f.name(id, name, has || mentions(doc, id.Name))
			}
			if id.IsExported() {
				f.fields(name, field.Type, "")
			}
		}
	}
}

// mentions reports whether a comment has a word.
func mentions(doc, word string) bool {
	return regexp.MustCompile(`(?i)\b` + word + `\b`).MatchString(doc)
}
