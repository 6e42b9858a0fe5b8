// A CommonJS file: Node loads the ES module for it.
import sdk = require('@ainotebook/sdk');

const client: sdk.AiNotebook = sdk.createClient({ baseUrl: 'https://notes.example.org' });
export = { client };
