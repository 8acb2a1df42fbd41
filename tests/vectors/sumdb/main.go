// Reads ours.json on standard input, judges it by golang.org/x/mod/sumdb (note, tlog), and writes sumdb.json: the
// same again, and beside it what those packages make of a log of their own. Any refusal is fatal. See README.md.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type receipt struct{ Entry, Text string }

type ours struct {
	Origin      string            `json:"origin"`
	LogVkey     string            `json:"log_vkey"`
	WitnessVkey string            `json:"witness_vkey"`
	CosignedAt  int64             `json:"cosigned_at"`
	Checkpoints []checkpoint      `json:"checkpoints"`
	Receipts    []receipt         `json:"receipts"`
	Requests    []string          `json:"requests"`
	Served      map[string]string `json:"served"`
}

type checkpoint struct {
	Size int64  `json:"size"`
	Note string `json:"note"`
}

func must(err error, what ...any) {
	if err != nil {
		log.Fatal(append(what, " ", err)...)
	}
}

// witness is a C2SP cosignature/v1 key as a note.Verifier and note.Signer: the one thing x/mod does not have.
type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
	seed ed25519.PrivateKey
	at   int64
}

func (w *witness) Name() string    { return w.name }
func (w *witness) KeyHash() uint32 { return w.hash }

func (w *witness) signed(msg []byte, at uint64) []byte {
	return append([]byte(fmt.Sprintf("cosignature/v1\ntime %d\n", at)), msg...)
}

func (w *witness) Verify(msg, sig []byte) bool {
	return len(sig) == 72 && ed25519.Verify(w.key, w.signed(msg, binary.BigEndian.Uint64(sig)), sig[8:])
}

func (w *witness) Sign(msg []byte) ([]byte, error) {
	sig := binary.BigEndian.AppendUint64(nil, uint64(w.at))
	return append(sig, ed25519.Sign(w.seed, w.signed(msg, uint64(w.at)))...), nil
}

func newWitness(name string, key ed25519.PublicKey) *witness {
	sum := sha256.Sum256(append([]byte(name+"\n\x04"), key...))
	return &witness{name: name, hash: binary.BigEndian.Uint32(sum[:]), key: key}
}

func readWitness(vkey string) *witness {
	parts := strings.SplitN(vkey, "+", 3)
	raw, err := base64.StdEncoding.DecodeString(parts[2])
	must(err, vkey)
	if raw[0] != 4 {
		log.Fatal("not a witness's key: ", vkey)
	}
	w := newWitness(parts[0], raw[1:])
	if fmt.Sprintf("%08x", w.hash) != parts[1] {
		log.Fatal("key hash of ", vkey)
	}
	return w
}

func (w *witness) vkey() string {
	return fmt.Sprintf("%s+%08x+%s", w.name, w.hash, base64.StdEncoding.EncodeToString(append([]byte{4}, w.key...)))
}

// open checks a checkpoint by the log's key and the witness's, both of which must have signed, and that it is
// refused with any one byte of its text changed.
func open(text string, origin string, verifiers note.Verifiers) tlog.Tree {
	found, err := note.Open([]byte(text), verifiers)
	must(err, text)
	if len(found.Sigs) != 2 || len(found.UnverifiedSigs) != 0 {
		log.Fatal("signatures of ", text)
	}
	for at := range found.Text {
		damaged := []byte(text)
		damaged[at] ^= 1
		if opened, err := note.Open(damaged, verifiers); err == nil && len(opened.Sigs) == 2 {
			log.Fatal("accepted, damaged at ", at, ": ", text)
		}
	}
	lines := strings.Split(found.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err, text)
	root, err := tlog.ParseHash(lines[2])
	must(err, text)
	if lines[0] != origin {
		log.Fatal("origin of ", text)
	}
	return tlog.Tree{N: size, Hash: root}
}

func hashes(lines []string) (found []tlog.Hash) {
	for _, line := range lines {
		hash, err := tlog.ParseHash(line)
		must(err, line)
		found = append(found, hash)
	}
	return found
}

// served reads tiles as a client of tlog-tiles does, whose paths have no height in them.
type served map[string]string

func path(t tlog.Tile) string { return "tile/" + strings.TrimPrefix(t.Path(), "tile/8/") }

func (s served) Height() int                     { return 8 }
func (s served) SaveTiles([]tlog.Tile, [][]byte) {}
func (s served) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, t := range tiles {
		text, ok := s[path(t)]
		if !ok {
			return nil, fmt.Errorf("no %s", path(t))
		}
		data, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return nil, err
		}
		found = append(found, data)
	}
	return found, nil
}

func judge(o ours) {
	logKey, err := note.NewVerifier(o.LogVkey)
	must(err, o.LogVkey)
	verifiers := note.VerifierList(logKey, readWitness(o.WitnessVkey))
	trees := map[int64]tlog.Tree{}
	for _, c := range o.Checkpoints {
		trees[c.Size] = open(c.Note, o.Origin, verifiers)
		if trees[c.Size].N != c.Size {
			log.Fatal("size of ", c.Note)
		}
	}
	for _, r := range o.Receipts {
		head, text, _ := strings.Cut(r.Text, "\n\n")
		lines := strings.Split(head, "\n")
		if lines[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(lines[1], "extra ") {
			log.Fatal(r.Text)
		}
		index, err := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
		must(err, r.Text)
		tree, leaf := open(text, o.Origin, verifiers), tlog.RecordHash([]byte(r.Entry))
		must(tlog.CheckRecord(hashes(lines[3:]), tree.N, tree.Hash, index, leaf), r.Text)
	}
	for _, request := range o.Requests {
		head, text, _ := strings.Cut(request, "\n\n")
		lines := strings.Split(head, "\n")
		old, err := strconv.ParseInt(strings.TrimPrefix(lines[0], "old "), 10, 64)
		must(err, request)
		tree := open(text, o.Origin, verifiers)
		must(tlog.CheckTree(hashes(lines[1:]), tree.N, tree.Hash, old, trees[old].Hash), request)
	}
	last := o.Checkpoints[len(o.Checkpoints)-1].Size
	reader := tlog.TileHashReader(trees[last], served(o.Served))
	for n := int64(0); n < last; n++ {
		proof, err := tlog.ProveRecord(last, n, reader)
		must(err, n)
		leaf, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, n)})
		must(err, n)
		must(tlog.CheckRecord(proof, last, trees[last].Hash, n, leaf[0]), n)
	}
	bundle, err := base64.StdEncoding.DecodeString(o.Served["tile/entries/001.p/44"])
	must(err, "entries")
	for n := int64(256); n < last; n++ {
		length := binary.BigEndian.Uint16(bundle)
		leaf, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, n)})
		must(err, n)
		if tlog.RecordHash(bundle[2:2+length]) != leaf[0] {
			log.Fatal("entry ", n)
		}
		bundle = bundle[2+length:]
	}
	if len(bundle) != 0 {
		log.Fatal("more entries than leaves")
	}
}

// counting is a source of key bytes that is the same every time.
type counting byte

func (c *counting) Read(p []byte) (int, error) {
	for i := range p {
		*c++
		p[i] = byte(*c)
	}
	return len(p), nil
}

func theirs() any {
	const origin, size = "sum.example.org/log", int64(300)
	source := new(counting)
	skey, vkey, err := note.GenerateKey(source, origin)
	must(err)
	signer, err := note.NewSigner(skey)
	must(err)
	public, private, err := ed25519.GenerateKey(source)
	must(err)
	cosigner := newWitness("witness.example.org", public)
	cosigner.seed, cosigner.at = private, 1700000000

	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) (found []tlog.Hash, err error) {
		for _, index := range indexes {
			found = append(found, stored[index])
		}
		return found, nil
	})
	var entries []string
	for n := int64(0); n < size; n++ {
		entries = append(entries, fmt.Sprintf("entry %d", n))
		more, err := tlog.StoredHashes(n, []byte(entries[n]), reader)
		must(err)
		stored = append(stored, more...)
	}
	type record struct {
		Index, Size int64
		Proof       tlog.RecordProof
	}
	type tree struct {
		Old, Size int64
		Proof     tlog.TreeProof
	}
	var checkpoints []checkpoint
	var records []record
	var trees []tree
	for _, n := range []int64{1, 2, 3, 4, 7, 8, 100, 255, 256, 257, 300} {
		root, err := tlog.TreeHash(n, reader)
		must(err)
		text := fmt.Sprintf("%s\n%d\n%s\n", origin, n, root)
		signed, err := note.Sign(&note.Note{Text: text}, signer, cosigner)
		must(err)
		checkpoints = append(checkpoints, checkpoint{n, string(signed)})
		for _, index := range []int64{0, n / 3, n / 2, n - 1} {
			proof, err := tlog.ProveRecord(n, index, reader)
			must(err)
			records = append(records, record{index, n, proof})
		}
		for _, old := range []int64{1, n/2 + 1, n} {
			proof, err := tlog.ProveTree(n, old, reader)
			must(err)
			trees = append(trees, tree{old, n, proof})
		}
	}
	tiles := map[string]string{}
	for _, t := range tlog.NewTiles(8, 0, size) {
		if t.L == 0 && t.W != 256 && int64(t.W) != size%256 {
			continue // the parts that earlier sizes ended with
		}
		data, err := tlog.ReadTileData(t, reader)
		must(err)
		tiles[path(t)] = base64.StdEncoding.EncodeToString(data)
	}
	return map[string]any{
		"log_vkey": vkey, "witness_vkey": cosigner.vkey(), "cosigned_at": cosigner.at, "entries": size,
		"checkpoints": checkpoints, "records": records, "trees": trees, "tiles": tiles,
	}
}

func main() {
	input, err := io.ReadAll(os.Stdin)
	must(err)
	var o ours
	must(json.Unmarshal(input, &o))
	judge(o)
	out := &bytes.Buffer{}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	must(encoder.Encode(map[string]any{"ours": json.RawMessage(input), "theirs": theirs()}))
	_, err = os.Stdout.Write(out.Bytes())
	must(err)
}
