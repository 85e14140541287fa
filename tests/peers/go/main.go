// Reads our log with Go's own packages: signed notes, record and tree proofs, tiles.
//
// Standard input is JSON; the exit code is 0 only where everything asked for verifies.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type asked struct {
	Vkey       string            `json:"vkey"`
	Checkpoint string            `json:"checkpoint"`
	Old        string            `json:"old"`    // an older checkpoint
	Proof      string            `json:"proof"`  // a tlog-proof, its leaf as extra data
	Record     []string          `json:"record"` // index, leaf, then hashes
	Tree       []string          `json:"tree"`   // hashes from old to checkpoint
	Tiles      map[string]string `json:"tiles"`  // what follows tile/, in base64
}

type head struct {
	size int64
	root tlog.Hash
}

func main() {
	var in asked
	if err := json.NewDecoder(os.Stdin).Decode(&in); err != nil {
		fail(err)
	}
	if err := check(in); err != nil {
		fail(err)
	}
	fmt.Println("verified")
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func check(in asked) error {
	newest, err := open(in.Vkey, in.Checkpoint)
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	if in.Record != nil {
		if err := checkRecord(newest, in.Record); err != nil {
			return fmt.Errorf("record: %w", err)
		}
	}
	if in.Proof != "" {
		if err := checkProof(in.Vkey, in.Proof); err != nil {
			return fmt.Errorf("tlog-proof: %w", err)
		}
	}
	if in.Old == "" {
		return nil
	}
	older, err := open(in.Vkey, in.Old)
	if err != nil {
		return fmt.Errorf("old checkpoint: %w", err)
	}
	hashes, err := decodeAll(in.Tree)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(hashes, newest.size, newest.root, older.size, older.root); err != nil {
		return fmt.Errorf("tree: %w", err)
	}
	return checkTiles(newest, older, in.Tiles)
}

// open verifies a signed checkpoint and returns what it says.
func open(vkey, text string) (head, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return head{}, err
	}
	opened, err := note.Open([]byte(text), note.VerifierList(verifier))
	if err != nil {
		return head{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return head{}, errors.New("not a checkpoint of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return head{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return head{size, root}, err
}

func decodeAll(texts []string) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(texts))
	for i, text := range texts {
		hash, err := tlog.ParseHash(text)
		if err != nil {
			return nil, err
		}
		hashes[i] = hash
	}
	return hashes, nil
}

func checkRecord(under head, parts []string) error {
	index, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil {
		return err
	}
	leaf, err := base64.StdEncoding.DecodeString(parts[1])
	if err != nil {
		return err
	}
	hashes, err := decodeAll(parts[2:])
	if err != nil {
		return err
	}
	return tlog.CheckRecord(hashes, under.size, under.root, index, tlog.RecordHash(leaf))
}

// checkProof reads a C2SP tlog-proof: header, extra data, index, hashes, checkpoint.
func checkProof(vkey, text string) error {
	top, checkpoint, found := strings.Cut(text, "\n\n")
	lines := strings.Split(top, "\n")
	if !found || len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("no tlog-proof")
	}
	under, err := open(vkey, checkpoint)
	if err != nil {
		return err
	}
	extra, index := strings.TrimPrefix(lines[1], "extra "), strings.TrimPrefix(lines[2], "index ")
	return checkRecord(under, append([]string{index, extra}, lines[3:]...))
}

// tiles reads our tiles, at the addresses of C2SP tlog-tiles: no height in the path.
type tiles map[string]string

func (t tiles) Height() int { return 8 }

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	found := make([][]byte, len(wanted))
	for i, tile := range wanted {
		path := strings.TrimPrefix(tile.Path(), "tile/8/")
		data, err := base64.StdEncoding.DecodeString(t[path])
		if err != nil || len(data) == 0 {
			return nil, fmt.Errorf("no tile %s", path)
		}
		found[i] = data
	}
	return found, nil
}

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

// checkTiles proves every record and the older tree from our tiles alone.
func checkTiles(newest, older head, held tiles) error {
	reader := tlog.TileHashReader(tlog.Tree{N: newest.size, Hash: newest.root}, held)
	root, err := tlog.TreeHash(newest.size, reader)
	if err != nil {
		return err
	}
	if !bytes.Equal(root[:], newest.root[:]) {
		return errors.New("the tiles lead to another root")
	}
	proof, err := tlog.ProveTree(newest.size, older.size, reader)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(proof, newest.size, newest.root, older.size, older.root); err != nil {
		return err
	}
	for index := int64(0); index < newest.size; index++ {
		record, err := tlog.ProveRecord(newest.size, index, reader)
		if err != nil {
			return err
		}
		hashes, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(record, newest.size, newest.root, index, hashes[0]); err != nil {
			return err
		}
	}
	return nil
}
