// Package stream reads event streams (text/event-stream, as the HTML standard defines them) that have ended.
//
// It looks at the data of events alone: names, ids and reconnection times mean nothing to a check.
//
//	array := stream.JSON(body) // [{"n": 1}, {"n": 2}, "[DONE]"]
package stream

import (
	"bytes"
	"encoding/json"
	"strings"
)

// MediaType is that of event streams.
const MediaType = "text/event-stream"

// Data lists the data of the events in order. An event without data is none. The last one counts though no empty line
// ends it: clients read it too.
func Data(body []byte) []string {
	var all []string
	var lines []string
	flush := func() {
		if len(lines) > 0 {
			all = append(all, strings.Join(lines, "\n"))
		}
		lines = nil
	}
	text := string(bytes.TrimPrefix(body, []byte("\uFEFF")))
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	for line := range strings.SplitSeq(text, "\n") {
		name, value, _ := strings.Cut(line, ":")
		switch {
		case line == "":
			flush()
		case name == "data":
			lines = append(lines, strings.TrimPrefix(value, " "))
		}
	}
	flush()
	return all
}

// JSON is the array of the events' data. Data that is no JSON is a text in it.
func JSON(body []byte) []byte {
	array := []json.RawMessage{}
	for _, data := range Data(body) {
		value := json.RawMessage(data)
		if !json.Valid(value) {
			value = quoted(data)
		}
		array = append(array, value)
	}
	out, err := json.Marshal(array)
	if err != nil {
		return []byte("[]") // valid JSON always encodes
	}
	return out
}

func quoted(text string) json.RawMessage {
	encoded, err := json.Marshal(text)
	if err != nil {
		return json.RawMessage(`""`) // a string always encodes
	}
	return encoded
}
