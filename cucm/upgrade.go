package cucm

import (
	"fmt"
	"regexp"
	"slices"
	"time"
)

// A node has two partitions: the version that runs is on the active one; an upgrade
// is installed on the other, and comes into force when the node switches. Keys and
// certificates are the node's own, whichever partition runs, but for what the release
// there does not have. (Real partitions have copies; what becomes of a certificate
// that was renewed between is not documented: this project's own choice.)

// Facts are those of the release that runs on the node.
func (n *Node) Facts() *Facts {
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	return n.facts()
}

// build is that release as it was installed.
func (n *Node) build() string {
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	return n.active
}

// facts are those of the release that runs on the node.
func (n *nodeState) facts() *Facts {
	r, _ := ReleaseOf(n.active)
	return r.Facts()
}

// Versions are the builds on the node's partitions; inactive is "" where nothing is
// installed there.
func (n *Node) Versions() (active, inactive string) {
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	return n.active, n.inactive
}

// buildNumber is how a version is written in full.
var buildNumber = regexp.MustCompile(`^\d+\.\d+\.\d+\.\d+-\d+$`)

// BuildOf is the build that somebody means by a version: a build in full, or a
// release, of which it is the usual one. It is "" for what is not simulated.
func BuildOf(version string) string {
	if facts := Release(version).Facts(); facts != nil {
		return facts.Builds[0]
	}
	if _, exact := ReleaseOf(version); !exact || !buildNumber.MatchString(version) {
		return ""
	}
	return version
}

// UpgradesFrom are the builds that a version can be upgraded to, the oldest first.
func UpgradesFrom(version string) (later []string) {
	for i := range table {
		for _, build := range table[i].Builds {
			if compareVersions(version, build) < 0 {
				later = append(later, build)
			}
		}
	}
	slices.SortFunc(later, compareVersions)
	return later
}

// Install installs a build on the node's inactive partition. It is a [*VersionError]
// where the build is not later than the active one, or on a subscriber whose
// publisher has not been upgraded to it.
func (n *Node) Install(build string) error {
	return n.cluster.change(func(d *draft) error {
		s, pub := &d.nodes[n.index], &d.nodes[0]
		switch {
		case BuildOf(build) != build:
			return &VersionError{Version: build, Why: "it is not simulated"}
		case compareVersions(s.active, build) >= 0:
			return &VersionError{Version: build, Why: "it is not later than " + s.active + ", which is active"}
		case n.index > 0 && pub.active != build && pub.inactive != build:
			return &VersionError{Version: build, Why: "the publisher has to be upgraded to it first"}
		}
		s.inactive = build
		return nil
	})
}

// SwitchVersion has the node run what is on the inactive partition, and restarts it.
// The publisher goes first: a subscriber switches to what the publisher runs, and
// anything else is a [*VersionError]. What becomes of ITLRecovery is in [Facts]; the
// lists follow as the node's TFTP starts.
func (n *Node) SwitchVersion() error {
	n.cluster.admin.Lock()
	defer n.cluster.admin.Unlock()
	d := n.cluster.draft()
	s, pub := &d.nodes[n.index], &d.nodes[0]
	switch {
	case s.inactive == "":
		return ErrNoInactive
	case n.index > 0 && s.inactive != pub.active:
		return &VersionError{Version: s.inactive, Why: "the publisher has to switch to it first"}
	}
	from := s.facts()
	s.active, s.inactive = s.inactive, s.active
	if err := d.moveRecovery(n.index, from); err != nil {
		return err
	}
	if n.index == 0 {
		d.release = s.facts().Release
		if first := s.facts().DropsExpired; first != "" && compareVersions(first, s.active) <= 0 {
			d.dropExpired()
		}
	}
	return n.bootBy(d)
}

// moveRecovery gives a node that came from another release the ITLRecovery that its
// release has.
func (d *draft) moveRecovery(node int, from *Facts) error {
	n, pub := &d.nodes[node], &d.nodes[0]
	to := n.facts()
	remade := from.Recovery == RecoveryPerNode && to.KeepsRecovery != "" &&
		compareVersions(to.KeepsRecovery, n.active) > 0
	switch {
	case to.Recovery == NoRecovery:
		delete(n.certs, ITLRecovery)
		n.recovery, n.p12 = nil, nil
		d.monitor.BackupDue = d.nodes[0].p12 != nil
		return nil
	case to.Recovery == RecoveryPerCluster && node > 0:
		n.certs[ITLRecovery] = pub.sharedRecovery()
		return nil
	case n.certs[ITLRecovery] != nil && !remade:
		return nil
	}
	cert, err := d.newCertificate(n, ITLRecovery)
	if err != nil {
		return fmt.Errorf("upgrade to %s: %w", n.active, err)
	}
	d.install(n, ITLRecovery, cert, time.Time{})
	if node > 0 {
		return nil
	}
	return d.protect()
}

// dropExpired leaves the certificates behind that have expired, but for those that
// nodes use themselves.
func (d *draft) dropExpired() {
	d.store = slices.DeleteFunc(slices.Clone(d.store), func(t trusted) bool {
		used := slices.ContainsFunc(d.nodes, func(n nodeState) bool {
			for _, own := range n.certs {
				if own.Certificate.Equal(t.cert) {
					return true
				}
			}
			return false
		})
		return !used && !d.means.now().Before(t.cert.NotAfter)
	})
}
