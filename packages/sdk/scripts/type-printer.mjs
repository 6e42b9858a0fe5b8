import ts from 'typescript-api';

/** Library types that survive the wire (superjson) and are printed by name. */
const LIBRARY_TYPES = new Set(['Date', 'Map', 'Set', 'URL', 'Uint8Array', 'Record']);
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;
const MAX_DEPTH = 25;

/** The members of a union, many of them sorted and a line each. */
const joined = (texts, indent) =>
  texts.length > 8
    ? texts
        .toSorted()
        .map((text) => `\n${indent}  | ${text}`)
        .join('')
    : texts.join(' | ');
/** As it would stand at the beginning of a line: names are registered so. */
const flattened = (text, indent) => (indent ? text.replaceAll(`\n${indent}`, '\n') : text);

/**
 * Prints TypeScript types as source text that needs no import. Shapes registered by `name()` are
 * printed as their name wherever they occur. Anything that cannot be published (any, unknown,
 * functions, foreign classes) is collected in `problems`.
 */
export class TypePrinter {
  problems = [];
  #names = new Map();
  #program;
  #checker;

  constructor(program) {
    this.#program = program;
    this.#checker = program.getTypeChecker();
  }

  /** Registers `name` for the shape of `type`; two names for one shape are a problem. */
  name(name, type) {
    const shape = this.print(type, { at: name, isTop: true });
    const other = this.#names.get(shape);
    if (other) this.problems.push(`${name} and ${other} have the same shape`);
    this.#names.set(shape, name);
  }

  /** JSDoc of a symbol with its tags as an indented comment, or nothing. */
  doc(symbol, indent) {
    const tags = symbol
      .getJsDocTags()
      .map(({ name, text }) => `@${name} ${ts.displayPartsToString(text)}`.trim());
    const words = ts.displayPartsToString(symbol.getDocumentationComment(this.#checker)).trim();
    const text = [words, ...tags].filter(Boolean).join('\n');
    if (!text) return '';
    const lines = text.split('\n');
    return lines.length === 1
      ? `${indent}/** ${text} */\n`
      : `${indent}/**\n${lines.map((line) => `${indent} * ${line}`).join('\n')}\n${indent} */\n`;
  }

  /** The words of a symbol's JSDoc and what it throws, each on one line. */
  words(symbol) {
    const flat = (parts) => ts.displayPartsToString(parts).trim().replace(/\s+/g, ' ');
    return {
      text: flat(symbol.getDocumentationComment(this.#checker)),
      throws: symbol
        .getJsDocTags()
        .filter(({ name }) => name === 'throws')
        .map((tag) => flat(tag.text))
        .join(', '),
    };
  }

  print(type, { at, depth = 0, indent = '', isTop = false }) {
    const inner = (where) => ({ at: `${at}${where}`, depth: depth + 1, indent });
    if (depth > MAX_DEPTH) return this.#problem(at, 'is recursive or too deep', 'never');
    if (type.flags & ts.TypeFlags.Any) return this.#problem(at, 'is any', 'never');
    if (type.flags & ts.TypeFlags.Unknown) return this.#problem(at, 'is unknown', 'never');
    if (type.flags & ts.TypeFlags.Boolean) return 'boolean';
    if (type.isUnion()) return this.#printUnion(type, inner, { isTop, indent });
    const plain =
      ts.TypeFlags.StringLike |
      ts.TypeFlags.NumberLike |
      ts.TypeFlags.BooleanLike |
      ts.TypeFlags.Null |
      ts.TypeFlags.Undefined |
      ts.TypeFlags.Void;
    if (type.flags & plain) return this.#checker.typeToString(type).replaceAll('"', "'");
    if (this.#checker.isTupleType(type)) {
      const items = this.#checker
        .getTypeArguments(type)
        .map((t, i) => this.print(t, inner(`[${i}]`)));
      return `[${items.join(', ')}]`;
    }
    if (this.#checker.isArrayType(type)) {
      const [item] = this.#checker.getTypeArguments(type);
      const text = this.print(item, inner('[]'));
      return /^[\w$]+$/.test(text) || text.startsWith('[') ? `${text}[]` : `Array<${text}>`;
    }
    const symbol = type.getSymbol();
    const name = symbol?.name ?? '';
    if (this.#isLibrary(symbol) && !name.startsWith('__')) {
      if (!LIBRARY_TYPES.has(name)) return this.#problem(at, `is ${name}`, 'never');
      const args = this.#checker
        .getTypeArguments(type)
        .map((t, i) => this.print(t, inner(`<${i}>`)));
      return args.length > 0 ? `${name}<${args.join(', ')}>` : name;
    }
    if (type.getCallSignatures().length > 0) return this.#problem(at, 'is a function', 'never');
    return this.#lookup(() => this.#printObject(type, at, depth, indent), isTop, indent);
  }

  #printUnion(type, inner, { isTop, indent }) {
    const isNullish = (t) => t.flags & (ts.TypeFlags.Null | ts.TypeFlags.Undefined);
    const isBoolean = (t) => t.flags & ts.TypeFlags.BooleanLiteral;
    const print = () => {
      const parts = type.types.filter((t) => !isNullish(t) && !isBoolean(t));
      const texts = [...new Set(parts.map((t, i) => this.print(t, inner(`|${i}`))))];
      const text = flattened(joined(texts, indent), indent);
      const name = isTop ? undefined : this.#names.get(text);
      if (name) texts.splice(0, texts.length, name);
      const booleans = type.types.filter(isBoolean);
      if (booleans.length === 2) texts.push('boolean');
      else texts.push(...booleans.map((t) => this.#checker.typeToString(t)));
      for (const t of type.types.filter(isNullish)) texts.push(this.#checker.typeToString(t));
      return joined(texts, indent);
    };
    return this.#lookup(print, isTop, indent);
  }

  #printObject(type, at, depth, indent) {
    const index = this.#checker.getIndexInfosOfType(type);
    if (index.length > 0) {
      return `Record<string, ${this.print(index[0].type, { at: `${at}[key]`, depth: depth + 1, indent })}>`;
    }
    const lines = type.getProperties().map((property) => {
      if (property.name.startsWith('__@')) return this.#problem(at, 'has a symbol key', '');
      const isOptional = Boolean(property.flags & ts.SymbolFlags.Optional);
      let propertyType = this.#checker.getTypeOfSymbol(property);
      if (isOptional)
        propertyType =
          this.#checker.getNonNullableType(propertyType) === propertyType
            ? propertyType
            : this.#withoutUndefined(propertyType);
      const key = IDENTIFIER.test(property.name) ? property.name : JSON.stringify(property.name);
      const text = this.print(propertyType, {
        at: `${at}.${property.name}`,
        depth: depth + 1,
        indent: `${indent}  `,
      });
      return `${this.doc(property, `${indent}  `)}${indent}  ${key}${isOptional ? '?' : ''}: ${text};`;
    });
    return lines.length === 0 ? '{}' : `{\n${lines.join('\n')}\n${indent}}`;
  }

  /** `T | null` of an optional `T | null | undefined`. */
  #withoutUndefined(type) {
    if (!type.isUnion()) return type;
    if (!type.types.some((t) => t.flags & ts.TypeFlags.Null)) {
      return this.#checker.getNonNullableType(type);
    }
    // The checker has no public way to build a union: reuse the given one without its undefined.
    const types = type.types.filter((t) => !(t.flags & ts.TypeFlags.Undefined));
    return Object.assign(Object.create(Object.getPrototypeOf(type)), type, { types });
  }

  #lookup(print, isTop, indent) {
    const text = print();
    if (isTop) return text;
    return this.#names.get(flattened(text, indent)) ?? text;
  }

  #isLibrary(symbol) {
    const declarations = symbol?.declarations ?? [];
    return (
      declarations.length > 0 &&
      declarations.every(
        (d) =>
          this.#program.isSourceFileDefaultLibrary(d.getSourceFile()) ||
          d.getSourceFile().fileName.includes('/@types/node/'),
      )
    );
  }

  #problem(at, what, text) {
    this.problems.push(`${at} ${what}`);
    return text;
  }
}
