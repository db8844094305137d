import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/**
 * Packages and parts of Node that cannot reach out of the process by themselves. Whatever else a file imports is a way
 * out until somebody has looked at it: a new package fails the test rather than slipping through a list of bad names.
 */
const HARMLESS = new Set([
  'node:assert', 'node:async_hooks', 'node:buffer', 'node:crypto', 'node:events', 'node:fs', 'node:fs/promises', 'node:os', 'node:path', 'node:perf_hooks',
  'node:stream', 'node:stream/promises', 'node:string_decoder', 'node:timers', 'node:timers/promises', 'node:url', 'node:util', 'node:v8', 'node:zlib',
  // Serve what comes in, or compute.
  '@nestjs/common', '@nestjs/core', '@nestjs/platform-express', '@nestjs/swagger', 'express', 'express-rate-limit', 'express-session', 'helmet',
  '@node-rs/argon2', '@turf/distance', '@turf/helpers', 'class-transformer', 'class-validator', 'csv-parse', 'exceljs', 'intl-messageformat', 'luxon', 'minisearch', '@orama/stemmers',
  'pino', 'prom-client', 'pure-rand', 'reflect-metadata', 'rxjs',
]);

/** Of `typeorm` nearly every file has its decorators; this one opens connections. */
const CONNECTING_NAMES: Record<string, ReadonlySet<string>> = { typeorm: new Set(['DataSource', 'createConnection', 'createConnections', 'ConnectionManager', '*']) };

/** Globals that open a connection, or load and run what no import names. */
const GLOBALS = new Set(['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest', 'eval', 'Function', 'require']);
const OF_PROCESS = new Set(['binding', '_linkedBinding', 'dlopen', 'getBuiltinModule', 'execve']);
const GLOBAL_OBJECTS = new Set(['globalThis', 'global']);

/**
 * Every way in which the sources below these folders can reach outside the process, as `file: thing`, sorted.
 * @param root folder that the files are named from
 */
export function waysOut(root: string, folders: readonly string[]): string[] {
  const files = folders.flatMap((folder) => readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.[cm]?[jt]sx?$/.test(name)).map((name) => `${folder}/${name}`));
  if (files.length === 0) throw new Error(`No sources below ${folders.join(', ')} of ${root}`);
  return files.flatMap((file) => [...waysOutOf(file, readFileSync(join(root, file), 'utf8'))].map((thing) => `${file}: ${thing}`)).sort();
}

function waysOutOf(file: string, text: string): Set<string> {
  const found = new Set<string>();

  function name(specifier: string, names: readonly string[] = ['*']): void {
    if (/^\.{0,2}\//.test(specifier)) return;
    const bare = specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
    const part = specifier.startsWith('node:') ? specifier : isPartOfNode(specifier) ? `node:${specifier}` : bare;
    const connecting = CONNECTING_NAMES[part];
    if (HARMLESS.has(part) || (connecting !== undefined && !names.some((each) => connecting.has(each)))) return;
    found.add(part);
  }

  function visit(node: ts.Node): void {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      const names = valuesImported(node.importClause);
      if (names !== null) name(node.moduleSpecifier.text, names);
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined && ts.isStringLiteral(node.moduleSpecifier)) {
      if (!node.isTypeOnly) name(node.moduleSpecifier.text);
    } else if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference) && ts.isStringLiteral(node.moduleReference.expression)) {
      if (!node.isTypeOnly) name(node.moduleReference.expression.text);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [what] = node.arguments;
      if (what !== undefined && ts.isStringLiteralLike(what)) name(what.text);
      else found.add('import(…)');
    } else if (ts.isIdentifier(node) && GLOBALS.has(node.text) && isRead(node)) {
      found.add(node.text);
    } else if (ts.isIdentifier(node) && GLOBAL_OBJECTS.has(node.text) && isRead(node)) {
      // Only a plain `globalThis.name` says what it takes.
      const member = ts.isPropertyAccessExpression(node.parent) ? node.parent.name.text : '…';
      if (member === '…' || GLOBALS.has(member)) found.add(member === '…' ? node.text : member);
    } else if (ts.isIdentifier(node) && node.text === 'process' && isRead(node)) {
      const { parent } = node;
      const member = ts.isPropertyAccessExpression(parent) ? parent.name.text : ts.isElementAccessExpression(parent) && ts.isStringLiteralLike(parent.argumentExpression) ? parent.argumentExpression.text : null;
      if (member === null ? ts.isElementAccessExpression(parent) : OF_PROCESS.has(member)) found.add(`process.${member ?? '…'}`);
    }
    ts.forEachChild(node, visit);
  }

  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  return found;
}

function isPartOfNode(specifier: string): boolean {
  return process.getBuiltinModule(`node:${specifier}` as 'node:fs') !== undefined;
}

/** Names of the values that an import brings, `*` for the whole; null when it brings types only. */
function valuesImported(clause: ts.ImportClause | undefined): string[] | null {
  if (clause === undefined) return ['*'];
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return null;
  const names = clause.name === undefined ? [] : ['*'];
  const bindings = clause.namedBindings;
  if (bindings !== undefined && ts.isNamespaceImport(bindings)) names.push('*');
  if (bindings !== undefined && ts.isNamedImports(bindings)) names.push(...bindings.elements.filter((element) => !element.isTypeOnly).map((element) => (element.propertyName ?? element.name).text));
  return names.length === 0 ? null : names;
}

/** Whether an identifier is the global's value, and not a type, a declaration's name, or another thing's member of that name. */
function isRead(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isTypeReferenceNode(parent) || ts.isTypeQueryNode(parent) || ts.isExpressionWithTypeArguments(parent)) return false;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  return !(ts.isMethodDeclaration(parent) || ts.isPropertyDeclaration(parent) || ts.isPropertySignature(parent) || ts.isMethodSignature(parent) || ts.isQualifiedName(parent) || ts.isImportSpecifier(parent));
}
