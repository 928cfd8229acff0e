// Package language is the grammar of the sentences that scenario files are
// written in: which sentences there are in one place of a file, what somebody
// said, and what they probably meant where it makes no sense.
//
// It knows nothing of clusters and phones: a [Rule] says what a sentence means
// to its caller, and [Language.Parse] hands that back with the words that fill
// it in. The same rules give the pattern of the JSON Schema and the examples
// that editors offer.
//
// The zero value of a [Language] has no sentences, that of a [Vocabulary] no
// names.
package language
