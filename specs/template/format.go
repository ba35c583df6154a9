package template

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// textOf returns the text that a value has inside other text.
func textOf(value any) (string, error) {
	switch v := value.(type) {
	case string:
		return v, nil
	case int:
		return strconv.Itoa(v), nil
	case bool:
		return strconv.FormatBool(v), nil
	case float64:
		return floatText(v)
	case json.Number:
		if !strings.ContainsAny(string(v), "eE") {
			return string(v), nil
		}
		f, err := v.Float64()
		if err != nil {
			return "", err
		}
		return floatText(f)
	case time.Time:
		return rfc3339(v)
	case *Raw:
		decoded, err := v.decoded()
		if err != nil {
			return "", err
		}
		return textOf(decoded)
	}
	return otherText(value)
}

func otherText(value any) (string, error) {
	v := settled(value)
	if !v.IsValid() {
		return "", errors.New("null has no text")
	}
	switch f := formOf(v.Type()); {
	case f == formTime:
		return rfc3339(v.Interface().(time.Time))
	case f != formBool && f != formNumber && f != formText:
		return "", fmt.Errorf("%s has no text", valueName(value))
	case v.Kind() == reflect.String:
		return v.String(), nil
	case v.Kind() == reflect.Bool:
		return strconv.FormatBool(v.Bool()), nil
	case v.CanInt():
		return strconv.FormatInt(v.Int(), 10), nil
	case v.CanUint():
		return strconv.FormatUint(v.Uint(), 10), nil
	case v.Kind() == reflect.Float32:
		return strconv.FormatFloat(v.Float(), 'f', -1, 32), nil
	}
	return floatText(v.Float())
}

func floatText(f float64) (string, error) {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return "", fmt.Errorf("the number %v has no text", f)
	}
	return strconv.FormatFloat(f, 'f', -1, 64), nil
}
