package strict_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"understudy.dev/specs/strict"
)

func TestMapKeepsOrderAndPlaces(t *testing.T) {
	t.Parallel()
	var m strict.Map[int]
	require.NoError(t, decode(t, "zeta: 1\nalpha: 2\n\n200: 3\n", &m))
	require.Equal(t, 3, m.Len())
	require.Equal(t, []string{"zeta", "alpha", "200"}, m.Keys())
	value, ok := m.Get("alpha")
	require.True(t, ok)
	require.Equal(t, 2, value)
	value, ok = m.Get("beta")
	require.False(t, ok)
	require.Zero(t, value)
	require.Equal(t, "3", m.Node("200").Value)
	require.Nil(t, m.Node("beta"))
	require.Equal(t, "profile.yaml:4", m.Pos("200").String())
	require.Zero(t, m.Pos("beta"))

	var seen []string
	for key := range m.All() {
		if seen = append(seen, key); key == "alpha" {
			break
		}
	}
	require.Equal(t, []string{"zeta", "alpha"}, seen)
}

func TestEmptyMaps(t *testing.T) {
	t.Parallel()
	var decoded strict.Map[int]
	require.NoError(t, decode(t, "", &decoded))
	for _, m := range []*strict.Map[int]{nil, {}, &decoded} {
		require.Zero(t, m.Len())
		require.Empty(t, m.Keys())
		_, ok := m.Get("a")
		require.False(t, ok)
		for range m.All() {
			t.Fatal("an empty map has no key")
		}
	}
	require.EqualError(t, decode(t, "[1]", &decoded), "profile.yaml:1: must be a mapping, got a list")
}

func TestParseDuration(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	tests := map[string]struct {
		want time.Duration
		err  string
	}{
		"15m":        {want: 15 * time.Minute},
		"900s":       {want: 900 * time.Second},
		"1h30m":      {want: 90 * time.Minute},
		"1.5h":       {want: 90 * time.Minute},
		"24h":        {want: day},
		"7d":         {want: 7 * day},
		"1d12h":      {want: 36 * time.Hour},
		"0s":         {},
		"106751d":    {want: 106751 * day},
		"106752d":    {err: `the duration "106752d" is too long`},
		"106751d48h": {err: `the duration "106751d48h" is too long`},
		"-1h":        {err: `the duration "-1h" must have no sign`},
		"1d-1h":      {err: `the duration "1d-1h" must have no sign`},
		"+1h":        {err: `the duration "+1h" must have no sign`},
		"-1d":        {err: `cannot read "-1d": not a duration`},
		"1.5d":       {err: `cannot read "1.5d": not a duration`},
		"":           {err: `cannot read "": not a duration`},
		"5":          {err: `cannot read "5": not a duration`},
		"1w":         {err: `cannot read "1w": not a duration`},
	}
	for src, test := range tests {
		t.Run(src, func(t *testing.T) {
			t.Parallel()
			got, err := strict.ParseDuration(src)
			if test.err != "" {
				require.EqualError(t, err, test.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.want, got)
		})
	}
}

func TestLifetime(t *testing.T) {
	t.Parallel()
	var v struct {
		A strict.Lifetime `yaml:"a"`
		B strict.Lifetime `yaml:"b"`
		C strict.Lifetime `yaml:"c"`
		D strict.Duration `yaml:"d"`
	}
	require.NoError(t, decode(t, "a: never\nb: 7d\nd: 1m\n", &v))
	require.Equal(t, strict.Lifetime{Never: true}, v.A)
	require.Equal(t, strict.Lifetime{Duration: 168 * time.Hour}, v.B)
	require.Zero(t, v.C)
	require.Equal(t, "never 168h0m0s 1m0s", v.A.String()+" "+v.B.String()+" "+v.D.String())
	require.EqualError(t, decode(t, "a: -1h", &v), `profile.yaml:1: "a": the duration "-1h" must have no sign`)
}

func TestSuggest(t *testing.T) {
	t.Parallel()
	known := []string{"limits", "resources", "operations", "per", "perPage", "id", "x-base", "status"}
	tests := map[string]string{
		"limts": "limits", "LIMITS": "limits", "lmiits": "limits", "resorces": "resources",
		"per_page": "perPage", "pre": "per", "x_base": "x-base", "statuss": "status",
		"perations": "operations", "oprtaions": "operations",
		"zebra": "", "i": "id", "x": "", "": "", "limitations": "",
	}
	for word, want := range tests {
		require.Equal(t, want, strict.Suggest(word, known), "%q", word)
	}
	require.Empty(t, strict.Suggest("a", nil))
}

func TestUnknown(t *testing.T) {
	t.Parallel()
	require.Equal(t, `unknown verb "raed"; did you mean "read"?`, strict.Unknown("verb", "raed", []string{"list", "read"}))
	require.Equal(t, `unknown verb "fly"; known: list, read`, strict.Unknown("verb", "fly", []string{"read", "list"}))
	require.Equal(t, `unknown verb "fly"`, strict.Unknown("verb", "fly", nil))
}

func TestErrors(t *testing.T) {
	t.Parallel()
	var all strict.Errors
	require.NoError(t, all.Err())
	require.NoError(t, (*strict.Errors)(nil).Err())
	all.Add(nil)
	require.NoError(t, all.Err())

	cause := errors.New("why")
	all.Add(strict.Pos{File: "b.yaml", Line: 1}.Errorf("first: %w", cause))
	all.Add(&strict.Errors{List: []*strict.Error{{File: "a.yaml", Line: 10, Message: "ten"}, {File: "a.yaml", Line: 9, Column: 3, Message: "nine"}}})
	all.Add(&strict.Error{File: "a.yaml", Line: 9, Column: 1, Message: "nine before"})
	all.Add(cause)
	require.EqualError(t, all.Err(), cause.Error()+"\na.yaml:9: nine before\na.yaml:9: nine\na.yaml:10: ten\nb.yaml:1: first: "+cause.Error())
	require.ErrorIs(t, all.Err(), cause)

	require.Equal(t, "m", (&strict.Error{Message: "m"}).Error())
	require.Equal(t, "line 3: m", (&strict.Error{Line: 3, Message: "m"}).Error())
	require.Equal(t, "f.yaml: m", (&strict.Error{File: "f.yaml", Message: "m"}).Error())
	require.Equal(t, "", strict.Pos{}.String())
}
