/**
 * A rule of segments (docs/schema/rule.json) as the tree that the builder edits, and back.
 *
 * Promise: `ruleOf(treeOf(rule))` means the same as `rule`; a leaf that is not filled in yet has a path in
 * `incomplete` and never reaches the server.
 */
import type { RuleGroupType, RuleType } from 'react-querybuilder'

export type Quantifier = 'all' | 'any' | 'none'
export type Leaf = RuleType<string, string, unknown>
export type Tree = RuleGroupType<Leaf, Quantifier>
export type Rule = Record<string, unknown>

/** A workplace or a consent: parts that belong to the same one. */
export type Tuple = Record<string, readonly string[] | boolean>

/** Leaves whose value is a list of which any fits, by their field. */
export const SETS = ['status', 'kind', 'base', 'has_channel', 'segment'] as const
export const AFFILIATION = ['organisation', 'specialty', 'position', 'city', 'region'] as const
export const CONSENT = ['controller', 'purpose', 'channel', 'topic', 'status'] as const
export const ATTRIBUTE = 'attribute.'

const QUANTIFIERS: readonly Quantifier[] = ['all', 'any', 'none']
const WITHOUT_VALUE = new Set(['is_present', 'is_missing'])
const LISTS = new Set(['in', 'not_in'])

let count = 0
const name = () => {
  count += 1
  return `n${count}`
}

const listed = (value: unknown): string[] =>
  Array.isArray(value) ? value.map(String) : value === undefined ? [] : [String(value)]

/** Return an empty rule to begin with. */
export function emptyTree(): Tree {
  return { id: name(), combinator: 'all', rules: [] }
}

/** Return the tree of a rule. */
export function treeOf(rule: Rule | null | undefined): Tree {
  if (!rule) return emptyTree()
  const node = nodeOf(rule)
  return 'rules' in node ? node : { id: name(), combinator: 'all', rules: [node] }
}

function nodeOf(rule: Rule): Tree | Leaf {
  for (const quantifier of QUANTIFIERS) {
    const members = rule[quantifier]
    if (Array.isArray(members))
      return { id: name(), combinator: quantifier, rules: members.map((each) => nodeOf(each as Rule)) }
  }
  if (typeof rule.attribute === 'string') {
    const operator = typeof rule.op === 'string' ? rule.op : 'equals'
    return { id: name(), field: ATTRIBUTE + rule.attribute, operator, value: rule.value ?? '' }
  }
  for (const field of ['affiliation', 'consent'] as const) {
    const parts = rule[field] as Rule | undefined
    if (parts) {
      const value = Object.entries(parts).map(([key, part]) => [key, typeof part === 'boolean' ? part : listed(part)])
      return { id: name(), field, operator: 'fits', value: Object.fromEntries(value) }
    }
  }
  const field = SETS.find((each) => rule[each] !== undefined) ?? 'status'
  return { id: name(), field, operator: 'any_of', value: listed(rule[field]) }
}

/** Return the rule of a tree, without the leaves that are not filled in. */
export function ruleOf(tree: Tree): Rule {
  const members = tree.rules
    .filter((node) => 'rules' in node || filled(node))
    .map((node) => ('rules' in node ? ruleOf(node) : leafOf(node)))
  return { [tree.combinator]: members }
}

function leafOf(leaf: Leaf): Rule {
  if (leaf.field.startsWith(ATTRIBUTE)) {
    const bare = { attribute: leaf.field.slice(ATTRIBUTE.length), op: leaf.operator }
    return WITHOUT_VALUE.has(leaf.operator) ? bare : { ...bare, value: leaf.value }
  }
  if (leaf.field === 'affiliation' || leaf.field === 'consent') {
    const parts = Object.entries(leaf.value as Tuple).filter(([, part]) =>
      Array.isArray(part) ? part.length > 0 : part,
    )
    return { [leaf.field]: Object.fromEntries(parts) }
  }
  return { [leaf.field]: leaf.value }
}

/** Tell whether a leaf says something. */
export function filled(leaf: Leaf): boolean {
  const { field, operator, value } = leaf
  if (field.startsWith(ATTRIBUTE)) {
    if (WITHOUT_VALUE.has(operator)) return true
    if (operator === 'between') return Array.isArray(value) && value.length === 2 && value.every(given)
    if (LISTS.has(operator)) return Array.isArray(value) && value.length > 0
    return given(value)
  }
  if (field === 'affiliation' || field === 'consent') {
    return Object.values((value ?? {}) as Tuple).some((part) => (Array.isArray(part) ? part.length > 0 : part === true))
  }
  return Array.isArray(value) && value.length > 0
}

function given(value: unknown): boolean {
  return value !== undefined && value !== null && value !== ''
}

/** Return how many leaves wait to be filled in. */
export function incomplete(tree: Tree): number {
  return tree.rules.reduce((sum, node) => sum + ('rules' in node ? incomplete(node) : filled(node) ? 0 : 1), 0)
}

/** Return how many leaves there are. */
export function size(tree: Tree): number {
  return tree.rules.reduce((sum, node) => sum + ('rules' in node ? size(node) : 1), 0)
}

/** Return the value that a leaf begins with. */
export function firstValue(field: string, operator: string): unknown {
  if (field === 'affiliation' || field === 'consent') return field === 'consent' ? { status: ['granted'] } : {}
  if (field.startsWith(ATTRIBUTE)) return LISTS.has(operator) ? [] : operator === 'between' ? ['', ''] : ''
  return field === 'status' ? ['active'] : []
}

/** Return the operators of an attribute's type, the usual one first. */
export function operatorsOf(type: string): readonly string[] {
  if (type === 'code') return ['in', 'not_in', 'is_present', 'is_missing']
  if (type === 'flag') return ['equals', 'is_present', 'is_missing']
  if (type === 'number' || type === 'date') {
    return ['equals', 'at_least', 'at_most', 'between', 'greater', 'less', 'is_present', 'is_missing']
  }
  return ['equals', 'not_equals', 'contains', 'begins_with', 'in', 'not_in', 'is_present', 'is_missing']
}

/** Return for which consent reach is counted: that of the rule when it names exactly one. */
export function termsOf(tree: Tree): { controller?: string; purpose?: string; topic?: string } {
  for (const node of tree.rules) {
    if ('rules' in node) continue
    if (node.field !== 'consent' || !filled(node)) continue
    const value = node.value as Tuple
    const only = (part: unknown) => (Array.isArray(part) && part.length === 1 ? (part[0] as string) : undefined)
    const terms = { controller: only(value.controller), purpose: only(value.purpose), topic: only(value.topic) }
    if (terms.controller && terms.purpose) return terms
  }
  return {}
}

/** Return the path of a node that the server's pointer names: `/rule/all/0/any/2/attribute` is 0, 2. */
export function pathOf(pointer: string): number[] {
  return pointer
    .split('/')
    .filter((part, place, parts) => /^\d+$/.test(part) && QUANTIFIERS.includes(parts[place - 1] as Quantifier))
    .map(Number)
}
