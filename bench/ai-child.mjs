// A provider in a process of its own, so that its memory and its work are not ours. Says where it listens.
import { startModels } from '@ainotebook/testkit';

// With the number of a passage, as a model is told to write; long enough to stay open with `chat-slow`.
const answer = () => `用沸水 [1]。${'水温低了，岩骨花香出不来。'.repeat(40)}`;
const { baseUrl } = await startModels({ kind: 'openai', apiKey: 'bench', answer });
process.send?.(baseUrl);
