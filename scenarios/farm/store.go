package farm

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"

	"itlsim/internal/bounded"
	"itlsim/scenarios"
)

// What a farm keeps in JetStream.
const (
	filesBucket  = "itlsim-files"  // specs and files, by hash
	partsBucket  = "itlsim-parts"  // what became of each shard: RUN.I
	shardsStream = "itlsim-shards" // shards that nobody has done yet: itlsim.shard.BUILD.RUN.I
	lostStream   = "itlsim-lost"   // advisories about shards that were given out for the last time

	shardSubject    = "itlsim.shard."
	progressSubject = "itlsim.progress."
)

// Times and sizes of what is kept.
const (
	kept = 24 * time.Hour // shards, and parts: who wants them again comes the same day
	// filesKept is longer, so that a file that was there already outlives the shards of a run.
	filesKept = 2 * kept
	// maxPart is the length of a part, in bytes: two for each of 15,000,000 phones, and
	// some hundred kilobytes of stories and times.
	maxPart = 64 << 20
	// How many advisories are kept, and the length of one, in bytes.
	maxLost, maxAdvisory = 1000, 4 << 10
)

// shard is one of a run, by the names it has in the farm.
type shard struct {
	build, run string // build as [buildToken] gives it
	i          int
}

// subject is what a shard waits under. The build stands in it so that a worker asks for
// shards of its own build and is given no other: the engine's own filter.
func (s shard) subject() string {
	return shardSubject + s.build + "." + s.run + "." + strconv.Itoa(s.i)
}

// part is what its part is called.
func (s shard) part() string { return partName(s.run, s.i) }

func partName(run string, i int) string { return run + "." + strconv.Itoa(i) }

// buildToken is a build as a word of a subject.
func buildToken(build string) string { return hashOf([]byte(build))[:16] }

// readSubject is the shard that waits under a subject.
func readSubject(subject string) (s shard, err error) {
	words := strings.Split(strings.TrimPrefix(subject, shardSubject), ".")
	if len(words) == 3 && strings.HasPrefix(subject, shardSubject) && len(words[0]) == 16 {
		s = shard{build: words[0], run: words[1]}
		if s.i, err = index(words[2]); err == nil && isHash(s.run) {
			return s, nil
		}
	}
	return shard{}, fmt.Errorf("%.100q is not a shard", subject)
}

// index is the number of a shard.
func index(word string) (int, error) {
	i, err := strconv.Atoi(word)
	if err != nil || i < 0 || i >= scenarios.MaxShards || strconv.Itoa(i) != word {
		return 0, fmt.Errorf("%.20q is not a number of a shard", word)
	}
	return i, nil
}

// readPartName is the run and the number of the shard whose part has this name.
func readPartName(name string) (run string, i int, err error) {
	run, number, _ := strings.Cut(name, ".")
	if i, err = index(number); err == nil && !isHash(run) {
		err = fmt.Errorf("%.100q is not a part", name)
	}
	return run, i, err
}

// stores are what a farm keeps things in.
type stores struct {
	js           jetstream.JetStream
	shards, lost jetstream.Stream // lost is for a run's command alone
	files, parts bucket
}

// prepare makes them, where they are not there already. The consumer tells each worker how
// long it may be out of touch.
func (f *Farm) prepare(ctx context.Context, build string, ackWait time.Duration) (*stores, error) {
	for _, b := range []jetstream.ObjectStoreConfig{
		{Bucket: filesBucket, Description: "specs and files of runs, by hash", TTL: filesKept},
		{Bucket: partsBucket, Description: "what became of each shard", TTL: kept},
	} {
		if _, err := f.js.CreateOrUpdateObjectStore(ctx, b); err != nil {
			return nil, fmt.Errorf("object store %s: %w", b.Bucket, err)
		}
	}
	_, err := f.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: shardsStream, Description: "shards of runs that nobody has done yet",
		Subjects: []string{shardSubject + "*.*.*"}, Retention: jetstream.WorkQueuePolicy, MaxAge: kept,
		// A shard waits once. The window of Nats-Msg-Id alone would swallow one that is to be done
		// again, after a failure or because all is to be forgotten.
		MaxMsgsPerSubject: 1, Discard: jetstream.DiscardNew, DiscardNewPerSubject: true,
		MaxMsgSize: 1 << 10,
	})
	if err != nil {
		return nil, fmt.Errorf("stream %s: %w", shardsStream, err)
	}
	s, err := f.open(ctx)
	if err != nil {
		return nil, err
	}
	// Advisories are kept, so that a run's command hears those that came while it was away.
	if s.lost, err = f.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: lostStream, Description: "shards that were given out for the last time",
		Subjects: []string{"$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES." + shardsStream + ".*"},
		MaxAge:   kept, MaxMsgs: maxLost, MaxMsgSize: maxAdvisory,
	}); err != nil {
		return nil, fmt.Errorf("stream %s: %w", lostStream, err)
	}
	_, err = s.shards.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{
		Durable: consumerOf(build), Description: "workers of build " + build,
		FilterSubject: shardSubject + buildToken(build) + ".*.*", AckPolicy: jetstream.AckExplicitPolicy,
		AckWait: ackWait, MaxDeliver: maxDeliver, MaxAckPending: scenarios.MaxShards, InactiveThreshold: filesKept,
	})
	return s, err
}

// consumerOf is the name of what workers of a build pull from.
func consumerOf(build string) string { return "workers-" + buildToken(build) }

// open finds what prepare has made.
func (f *Farm) open(ctx context.Context) (*stores, error) {
	s := &stores{js: f.js}
	var err error
	if s.shards, err = f.js.Stream(ctx, shardsStream); err != nil {
		return nil, err
	}
	if s.files, err = f.openBucket(ctx, filesBucket); err != nil {
		return nil, err
	}
	s.parts, err = f.openBucket(ctx, partsBucket)
	return s, err
}

// bucket is an object store, and the stream under it.
type bucket struct {
	jetstream.ObjectStore
	stream jetstream.Stream
	name   string
}

func (f *Farm) openBucket(ctx context.Context, name string) (b bucket, err error) {
	b.name = name
	if b.ObjectStore, err = f.js.ObjectStore(ctx, name); err == nil {
		b.stream, err = f.js.Stream(ctx, "OBJ_"+name)
	}
	return b, err
}

// read reads an object of at most so many bytes. It asks for one chunk after the other,
// and not for a consumer, as Get does: who may only read needs no right to have messages
// delivered wherever he says.
func (b bucket) read(ctx context.Context, name string, most int64) ([]byte, error) {
	info, err := b.GetInfo(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("%s of %s: %w", name, b.name, err)
	}
	if info.Size > uint64(most) {
		return nil, fmt.Errorf("%s of %s: %w", name, b.name, &bounded.TooLargeError{Most: most})
	}
	data := make([]byte, 0, info.Size)
	for next := uint64(1); uint64(len(data)) < info.Size; {
		msg, err := b.stream.GetMsg(ctx, next, jetstream.WithGetMsgSubject(b.chunks(info)))
		if err != nil {
			return nil, fmt.Errorf("%s of %s: %w", name, b.name, err)
		}
		if len(msg.Data) == 0 || uint64(len(data)+len(msg.Data)) > info.Size || msg.Sequence < next {
			return nil, fmt.Errorf("%s of %s is not as long as it says", name, b.name)
		}
		data, next = append(data, msg.Data...), msg.Sequence+1
	}
	if info.Digest != digest(data) {
		return nil, fmt.Errorf("%s of %s is not what was put there", name, b.name)
	}
	return data, nil
}

// chunkSize is the length of a chunk, in bytes: that of NATS's own clients.
const chunkSize = 128 << 10

// put puts an object, as Put does, but that each message is answered before the next is sent:
// in v1.55.0 Put leaves a goroutine behind where all is answered at once.
func (b bucket) put(ctx context.Context, js jetstream.JetStream, meta jetstream.ObjectMeta, data []byte) error {
	info := jetstream.ObjectInfo{
		ObjectMeta: meta, Bucket: b.name, NUID: nuid.Next(), Size: uint64(len(data)), Digest: digest(data),
	}
	for chunk := range slices.Chunk(data, chunkSize) {
		if _, err := js.Publish(ctx, b.chunks(&info), chunk); err != nil {
			return fmt.Errorf("%s of %s: %w", meta.Name, b.name, err)
		}
		info.Chunks++
	}
	msg := nats.NewMsg("$O." + b.name + ".M." + base64.URLEncoding.EncodeToString([]byte(meta.Name)))
	msg.Header.Set(jetstream.MsgRollup, jetstream.MsgRollupSubject)
	var err error
	if msg.Data, err = json.Marshal(info); err == nil {
		_, err = js.PublishMsg(ctx, msg)
	}
	if err != nil {
		err = fmt.Errorf("%s of %s: %w", meta.Name, b.name, err)
	}
	return err
}

// chunks is the subject of an object's chunks.
func (b bucket) chunks(info *jetstream.ObjectInfo) string { return "$O." + b.name + ".C." + info.NUID }

// A lostShard is what is read of an advisory: the shard's place in its stream.
type lostShard struct {
	Sequence uint64 `json:"stream_seq"`
}

// lostAt is the shard that an advisory is about, if it still waits.
func (at *stores) lostAt(ctx context.Context, advisory []byte) (s shard, sequence uint64, waits bool) {
	var lost lostShard
	if len(advisory) > maxAdvisory || json.Unmarshal(advisory, &lost) != nil {
		return s, 0, false
	}
	msg, err := at.shards.GetMsg(ctx, lost.Sequence)
	if err != nil {
		return s, 0, false // done after all, or forgotten
	}
	s, err = readSubject(msg.Subject)
	return s, lost.Sequence, err == nil
}

// digest is how the object store writes a hash.
func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return "SHA-256=" + base64.URLEncoding.EncodeToString(sum[:])
}

// isMissing reports whether something is not there (yet).
func isMissing(err error) bool {
	return errors.Is(err, jetstream.ErrObjectNotFound) || errors.Is(err, jetstream.ErrStreamNotFound) ||
		errors.Is(err, jetstream.ErrConsumerNotFound) || errors.Is(err, jetstream.ErrBucketNotFound) ||
		errors.Is(err, nats.ErrNoResponders)
}
