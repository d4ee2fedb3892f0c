'use strict';

// Whoever writes code against the package reads what each name means where it is written.

const fs = require('node:fs');
const path = require('node:path');
const ts = require('typescript-5.9');

const { WHERE } = require('../../lib/store-source');

const FILE = path.join(__dirname, '../../index.d.ts');

/** What is declared and has a name; parameters and the insides of types have none of their own. */
const isDeclared = (node) =>
  ts.isInterfaceDeclaration(node) ||
  ts.isTypeAliasDeclaration(node) ||
  ts.isClassDeclaration(node) ||
  ts.isFunctionDeclaration(node);

const isMember = (node) =>
  ts.isPropertySignature(node) ||
  ts.isMethodSignature(node) ||
  ts.isPropertyDeclaration(node) ||
  ts.isMethodDeclaration(node);

/** For each public name whether it, or one of its overloads, is described. */
function describedNames() {
  const source = ts.createSourceFile(FILE, fs.readFileSync(FILE, 'utf8'), 9, true);
  const names = new Map();
  const note = (name, node) => names.set(name, names.get(name) || node.jsDoc?.length > 0);
  const namespace = source.statements.find((node) => ts.isModuleDeclaration(node));
  for (const node of namespace.body.statements.filter(isDeclared)) {
    note(node.name.text, node);
    for (const member of node.members?.filter(isMember) ?? []) {
      note(`${node.name.text}.${member.name.getText()}`, member);
    }
  }
  return names;
}

test('every public name is described', () => {
  const names = describedNames();
  expect(names.size).toBeGreaterThan(100);
  expect([...names].filter(([, described]) => !described)).toEqual([]);
});

test('the options that say where a server is are those without which a store throws', () => {
  const text = fs.readFileSync(FILE, 'utf8').split('type Where = {')[1].split(']: Required')[0];
  const names = [...text.matchAll(/'(\w+)'/g)].map(([, name]) => name);
  expect([...names, 'client', 'clients'].sort()).toEqual([...WHERE].sort());
});
