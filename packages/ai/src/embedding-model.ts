/** What turns texts into vectors. Vectors of different models cannot be compared: nothing falls back here. */
export interface EmbeddingModel {
  /** `volcengine`, `openai`, ... */
  readonly provider: string;
  readonly model: string;
  /** Numbers in a vector. */
  readonly dimensions: number;
  /** Most texts of one call. */
  readonly maxBatch: number;
  /**
   * One vector of length 1 per text, in order, and the tokens that were read. Where a failure comes after some texts
   * were answered, those of the first texts, at least one: whoever needs the others asks for them again. Some models read what is looked
   * for (`query`) otherwise than what it is looked for in (`passage`).
   * @throws AiError
   */
  embed(
    texts: readonly string[],
    options: { kind: 'query' | 'passage'; signal?: AbortSignal },
  ): Promise<{ vectors: Float32Array[]; tokens: number }>;
}
