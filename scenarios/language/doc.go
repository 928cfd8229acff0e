// Package language is the grammar of the sentences in scenario files: which
// sentences there are, what somebody said, and, where that makes no sense, what
// they probably meant.
//
// It knows nothing of labs. A [Rule] is a sentence and what it means to the
// caller; [Language.Parse] hands that back with the words that fill the sentence
// in ([Said]). The same rules give the pattern of the JSON Schema and the
// examples that editors offer.
//
// The zero value of a [Language] has no sentences, that of a [Vocabulary] no
// names.
package language
