/**
 * The lexeme every chunk of an owner carries and every query asks for, quoted for SQL. GIN then
 * intersects posting lists inside the owner, so that a common word costs an owner of ten notes
 * nothing for the thousands of others who use it. The tokeniser makes no term with an `@`. It has
 * no position, so it takes part in no phrase, and ranking uses queries without it.
 */
export function ownerLexeme(userId: string): string {
  return `'@${userId.replaceAll('-', '').toLowerCase()}'`;
}
