// Package accept takes connections in for every TCP server of this project, and is
// where it is decided what a peer may cost that has not shown who it is.
//
// A connection is unproven from the moment it is accepted until its service has
// reason to trust it and calls [Conn.Prove]: a phone has registered over it, an
// administrator has logged in, a page has been given a stream. Services that know
// nobody (TVS, files, a phone's pages) never do. What is proven is bounded by who can
// prove, which the service counts, and is never dropped. Of what is unproven:
//
//   - There are so many ([Limits].Unproven) at a time, and so many from one address
//     (Share). One too many has another dropped, of the address that has too many, or,
//     where all places are taken, of the address that has most. So a stranger who
//     opens thousands takes places from itself alone, and phones that share an address
//     in a laboratory share that fate only while one is about.
//   - Which one goes is random, so that nobody can keep a place or have another lose
//     it by timing (as sshd's MaxStartups and the SYN cache choose, against the oldest,
//     which would be who is slow): of a few drawn the one that has been waited for
//     longest, so that a peer which does its part stays.
//   - Where nobody has more than one, as when all phones of a cluster are reset, nobody
//     is dropped who does its part: the new one waits, in the end in the kernel's queue.
//   - As many are worked for at a time as there are processors, at all listeners together,
//     and of those that wait for that one address after the other, proven or not. So who
//     asks without end, and reads no answer, slows itself down and hardly others. Who is
//     made to wait ([Sleep]) has no turn meanwhile.
//   - Requests that cost much, of those who are trusted, take turns too ([Work]): while
//     phones come all of them together have a tenth of one processor.
//   - A peer has so long ([Limits].Patience) for its first message, for each that it is
//     then waited for ([Conn.Expect]), and to take each thing that is written, however
//     few bytes come or go meanwhile.
//
// [Serve] serves connections by a function, [ServeHTTP] by a handler; [Listen] is
// for whoever accepts by itself.
package accept
