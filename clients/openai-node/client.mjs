// Lets OpenAI's own SDK for Node talk to a server that claims to be compatible, and prints what came of it as one JSON
// object, for a test to judge.
//
//   OPENAI_BASE_URL=http://127.0.0.1:4010/v1 OPENAI_API_KEY=sk-… node client.mjs SCENARIO
import OpenAI from 'openai';

const model = 'anthropic/claude-haiku-4.5';
const client = new OpenAI(); // base URL and key come from the environment, as they do for everybody
const assistant_id = process.env.ASSISTANT_ID;

// ask is a question, with the vendor's own parameter beside OpenAI's.
const ask = (content, more) => ({ model, messages: [{ role: 'user', content }], ...more });

const scenarios = {
  async completion() {
    const got = await client.chat.completions.create(ask('Hello!', { assistant_id }));
    const [choice] = got.choices;
    return {
      id: got.id, object: got.object, model: got.model, role: choice.message.role, content: choice.message.content,
      finish_reason: choice.finish_reason, total_tokens: got.usage.total_tokens, extension: got.x_assistantrouter,
    };
  },

  async stream() {
    const events = client.chat.completions.stream(ask('Hello!', { assistant_id, stream_options: { include_usage: true } }));
    let chunks = 0;
    for await (const _ of events) chunks++;
    const whole = await events.finalChatCompletion();
    const [choice] = whole.choices;
    return {
      chunks, role: choice.message.role, content: choice.message.content, finish_reason: choice.finish_reason,
      total_tokens: whole.usage.total_tokens,
    };
  },

  // A function is called twice, whole and streamed, and its result given back.
  async tools() {
    const tools = [{
      type: 'function',
      function: {
        name: 'get_weather',
        parameters: {
          type: 'object', required: ['city', 'days'],
          properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 1, maximum: 7 } },
        },
      },
    }];
    const params = ask('How is the weather in Oslo?', { tools });
    const whole = await client.chat.completions.stream(params).finalChatCompletion();
    const streamed = whole.choices[0].message.tool_calls[0];

    const got = await client.chat.completions.create(params);
    const [choice] = got.choices;
    const [call] = choice.message.tool_calls;
    params.messages.push(choice.message, { role: 'tool', tool_call_id: call.id, content: 'sunny, 21 degrees' });
    const answer = await client.chat.completions.create(params);
    return {
      finish_reason: choice.finish_reason, name: call.function.name, arguments: JSON.parse(call.function.arguments),
      streamed_name: streamed.function.name, streamed_valid: typeof JSON.parse(streamed.function.arguments) === 'object',
      answer: answer.choices[0].message.content, answer_reason: answer.choices[0].finish_reason,
    };
  },

  async models() {
    const list = [];
    for await (const one of client.models.list()) list.push(one);
    const one = await client.models.retrieve(model);
    return { count: list.length, first: list[0].id, retrieved: one.id, owned_by: one.owned_by };
  },

  async errors() {
    const hobby = new OpenAI({ apiKey: process.env.HOBBY_KEY, maxRetries: 0 });
    const once = { maxRetries: 0 };
    const provocations = {
      authentication: [OpenAI.AuthenticationError, () => new OpenAI({ apiKey: 'sk-nonsense', maxRetries: 0 }).chat.completions.create(ask('Hello!'))],
      permission: [OpenAI.PermissionDeniedError, () => client.chat.completions.create(ask('Hello!', { assistant_id: process.env.FOREIGN_ASSISTANT_ID }), once)],
      not_found: [OpenAI.NotFoundError, () => client.chat.completions.create(ask('Hello!', { assistant_id: 'nobody' }), once)],
      bad_request: [OpenAI.BadRequestError, () => client.chat.completions.create({ model, messages: [] }, once)],
      rate_limit: [OpenAI.RateLimitError, async () => {
        for (let i = 0; i < 25; i++) await hobby.models.list(); // the window may change meanwhile
      }],
    };
    const seen = {};
    for (const [name, [wanted, provoke]] of Object.entries(provocations)) {
      try {
        await provoke();
      } catch (refused) {
        if (!(refused instanceof wanted)) throw refused;
        seen[name] = {
          status: refused.status, type: refused.type, message: refused.error.message, param: refused.param ?? '',
          request_id: refused.requestID,
        };
      }
    }
    return seen;
  },

  // The server says to come again in a second; the SDK has to do so by itself.
  async retry() {
    const began = Date.now();
    const got = await client.chat.completions.create(ask('Hello!', { assistant_id }));
    return { content: got.choices[0].message.content, milliseconds: Date.now() - began };
  },
};

const scenario = scenarios[process.argv[2]];
if (!scenario) {
  console.error(`usage: node client.mjs ${Object.keys(scenarios).join('|')}`);
  process.exit(2);
}
console.log(JSON.stringify(await scenario()));
