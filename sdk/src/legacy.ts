/**
 * The names of the first public contract. The server refuses them; a frontend that still speaks them
 * translates here, at its own edge. Only names: payloads are today's.
 */
import { legacyTypes } from './contract.js';

export type LegacyType = keyof typeof legacyTypes;

const oldNames = new Map<string, LegacyType>(
  Object.entries(legacyTypes).map(([old, now]) => [now, old as LegacyType]),
);

/** Today's name of a type, for what is to be published. A name of today stays as it is. */
export function fromLegacy(type: string): string {
  return Object.hasOwn(legacyTypes, type) ? legacyTypes[type as LegacyType] : type;
}

/** The old name of a type, for what was read. A type that had none before keeps its name. */
export function toLegacy(type: string): string {
  return oldNames.get(type) ?? type;
}
