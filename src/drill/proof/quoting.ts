import type { QualifiedName } from './inventory.ts'

/** An identifier as SQL takes it, whatever is in it. */
export const quoteIdentifier = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** `"schema"."name"` */
export const quoteName = ({ schema, name }: QualifiedName): string =>
  `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`

/** A text as SQL takes it, with standard_conforming_strings on. */
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`
