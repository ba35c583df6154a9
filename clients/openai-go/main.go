// Openai-go lets OpenAI's own SDK for Go talk to a server that claims to be compatible, and prints what came of it as one
// JSON object, for a test to judge. It is a module of its own, so that nothing of it gets into the product.
//
//	OPENAI_BASE_URL=http://127.0.0.1:4010/v1 OPENAI_API_KEY=sk-… openai-go SCENARIO
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
)

const model = "anthropic/claude-haiku-4.5"

// A result is what a scenario saw, by name.
type result map[string]any

func main() {
	scenarios := map[string]func(context.Context, openai.Client) (result, error){
		"completion": completion, "stream": stream, "tools": tools, "models": models, "errors": refusals, "retry": retry,
	}
	if len(os.Args) != 2 || scenarios[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: openai-go completion|stream|tools|models|errors|retry")
		os.Exit(2)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	// Base URL and key come from the environment, as they do for everybody.
	seen, err := scenarios[os.Args[1]](ctx, openai.NewClient())
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(seen)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// ask is a question to the sample assistant, with the vendor's own parameter beside OpenAI's.
func ask(question string) (openai.ChatCompletionNewParams, option.RequestOption) {
	return openai.ChatCompletionNewParams{
		Model:    model,
		Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage(question)},
	}, option.WithJSONSet("assistant_id", os.Getenv("ASSISTANT_ID"))
}

func completion(ctx context.Context, client openai.Client) (result, error) {
	params, assistant := ask("Hello!")
	got, err := client.Chat.Completions.New(ctx, params, assistant)
	if err != nil {
		return nil, err
	}
	choice := got.Choices[0]
	return result{
		"id": got.ID, "object": got.Object, "model": got.Model, "role": choice.Message.Role, "content": choice.Message.Content,
		"finish_reason": choice.FinishReason, "total_tokens": got.Usage.TotalTokens,
		"extension": json.RawMessage(got.JSON.ExtraFields["x_assistantrouter"].Raw()),
	}, nil
}

func stream(ctx context.Context, client openai.Client) (result, error) {
	params, assistant := ask("Hello!")
	params.StreamOptions.IncludeUsage = openai.Bool(true)
	events := client.Chat.Completions.NewStreaming(ctx, params, assistant)
	var whole openai.ChatCompletionAccumulator
	chunks := 0
	for events.Next() {
		if !whole.AddChunk(events.Current()) {
			return nil, fmt.Errorf("the chunk %s does not belong to the others", events.Current().RawJSON())
		}
		chunks++
	}
	if err := events.Err(); err != nil {
		return nil, err
	}
	choice := whole.Choices[0]
	return result{
		"chunks": chunks, "role": choice.Message.Role, "content": choice.Message.Content, "finish_reason": choice.FinishReason,
		"total_tokens": whole.Usage.TotalTokens,
	}, nil
}

// tools lets a function be called, twice: whole and streamed, and gives its result back.
func tools(ctx context.Context, client openai.Client) (result, error) {
	params, _ := ask("How is the weather in Oslo?")
	params.Tools = []openai.ChatCompletionToolUnionParam{openai.ChatCompletionFunctionTool(openai.FunctionDefinitionParam{
		Name: "get_weather",
		Parameters: openai.FunctionParameters{
			"type": "object", "required": []string{"city", "days"},
			"properties": map[string]any{
				"city": map[string]any{"type": "string"}, "days": map[string]any{"type": "integer", "minimum": 1, "maximum": 7},
			},
		},
	})}
	events := client.Chat.Completions.NewStreaming(ctx, params)
	var whole openai.ChatCompletionAccumulator
	for events.Next() {
		whole.AddChunk(events.Current())
	}
	if err := events.Err(); err != nil {
		return nil, err
	}
	streamed := whole.Choices[0].Message.ToolCalls[0]

	got, err := client.Chat.Completions.New(ctx, params)
	if err != nil {
		return nil, err
	}
	choice := got.Choices[0]
	call := choice.Message.ToolCalls[0]
	var arguments any
	if err := json.Unmarshal([]byte(call.Function.Arguments), &arguments); err != nil {
		return nil, err
	}
	params.Messages = append(params.Messages, choice.Message.ToParam(), openai.ToolMessage("sunny, 21 degrees", call.ID))
	answer, err := client.Chat.Completions.New(ctx, params)
	if err != nil {
		return nil, err
	}
	return result{
		"finish_reason": choice.FinishReason, "name": call.Function.Name, "arguments": arguments,
		"streamed_name": streamed.Function.Name, "streamed_valid": json.Valid([]byte(streamed.Function.Arguments)),
		"answer": answer.Choices[0].Message.Content, "answer_reason": answer.Choices[0].FinishReason,
	}, nil
}

func models(ctx context.Context, client openai.Client) (result, error) {
	list, err := client.Models.List(ctx)
	if err != nil {
		return nil, err
	}
	one, err := client.Models.Get(ctx, model)
	if err != nil {
		return nil, err
	}
	return result{"count": len(list.Data), "first": list.Data[0].ID, "retrieved": one.ID, "owned_by": one.OwnedBy}, nil
}

// refusals provokes each kind of error once.
func refusals(ctx context.Context, client openai.Client) (result, error) {
	seen := result{}
	provoke := func(name string, change func(*openai.ChatCompletionNewParams), options ...option.RequestOption) error {
		params, _ := ask("Hello!")
		change(&params)
		_, err := client.Chat.Completions.New(ctx, params, append(options, option.WithMaxRetries(0))...)
		refused := &openai.Error{}
		if !errors.As(err, &refused) {
			return fmt.Errorf("%s: got %v", name, err)
		}
		seen[name] = result{
			"status": refused.StatusCode, "type": refused.Type, "message": refused.Message, "param": refused.Param,
			"request_id": refused.Response.Header.Get("X-Request-ID"),
		}
		return nil
	}
	same := func(*openai.ChatCompletionNewParams) {}
	return seen, errors.Join(
		provoke("authentication", same, option.WithAPIKey("sk-nonsense")),
		provoke("permission", same, option.WithJSONSet("assistant_id", os.Getenv("FOREIGN_ASSISTANT_ID"))),
		provoke("not_found", same, option.WithJSONSet("assistant_id", "nobody")),
		provoke("bad_request", func(p *openai.ChatCompletionNewParams) { p.Messages = []openai.ChatCompletionMessageParamUnion{} }),
		limited(ctx, client, seen),
	)
}

// limited sends more than the tier of another key allows.
func limited(ctx context.Context, client openai.Client, seen result) error {
	hobby := []option.RequestOption{option.WithAPIKey(os.Getenv("HOBBY_KEY")), option.WithMaxRetries(0)}
	for range 25 { // the window may change meanwhile
		_, err := client.Models.List(ctx, hobby...)
		refused := &openai.Error{}
		switch {
		case err == nil:
		case errors.As(err, &refused) && refused.StatusCode == 429:
			seen["rate_limit"] = result{
				"status": refused.StatusCode, "type": refused.Type, "message": refused.Message, "param": refused.Param,
				"request_id": refused.Response.Header.Get("X-Request-ID"),
			}
			return nil
		default:
			return err
		}
	}
	return errors.New("no limit was reached")
}

// retry is told to come again in a second; the SDK has to do so by itself.
func retry(ctx context.Context, client openai.Client) (result, error) {
	began := time.Now()
	params, assistant := ask("Hello!")
	got, err := client.Chat.Completions.New(ctx, params, assistant)
	if err != nil {
		return nil, err
	}
	return result{"content": got.Choices[0].Message.Content, "milliseconds": time.Since(began).Milliseconds()}, nil
}
