import type { AccountView } from '../define.ts'
import { stripeError } from '../error.ts'
import type { FilePart } from '../protocol/form.ts'

interface Contents {
  contentType: string
  /** Base64, so that an account can be written down as JSON. */
  data: string
}

const key = (file: string) => `contents ${file}`

export const keepContents = (account: AccountView, file: string, { contentType, data }: FilePart): void =>
  void account.memory.set(key(file), { contentType, data: Buffer.from(data).toString('base64') } satisfies Contents)

/** The bytes of a file; undefined when there is none. */
export function contentsOf(account: AccountView, file: string): { contentType: string; body: Uint8Array } | undefined {
  const kept = account.memory.get(key(file)) as Contents | undefined
  return kept && { contentType: kept.contentType, body: Buffer.from(kept.data, 'base64') }
}

const megabyte = 1024 * 1024

/** What a purpose takes: docs.stripe.com/file-upload. */
const rules: Record<string, { types: readonly string[]; bytes: number }> = {
  account_requirement: { types: ['jpg', 'pdf', 'png'], bytes: 10 * megabyte },
  additional_verification: { types: ['jpg', 'pdf', 'png'], bytes: 10 * megabyte },
  business_icon: { types: ['gif', 'jpg', 'png'], bytes: megabyte / 2 },
  business_logo: { types: ['gif', 'jpg', 'png'], bytes: megabyte / 2 },
  customer_signature: { types: ['jpg', 'png'], bytes: 4 * megabyte },
  dispute_evidence: { types: ['jpg', 'pdf', 'png'], bytes: 5 * megabyte },
  identity_document: { types: ['jpg', 'pdf', 'png'], bytes: 16 * megabyte },
  pci_document: { types: ['pdf'], bytes: 16 * megabyte },
  tax_document_user_upload: { types: ['csv', 'docx', 'jpg', 'pdf', 'png', 'xls', 'xlsx'], bytes: 16 * megabyte },
}

const signatures: readonly (readonly [type: string, start: string])[] = [
  ['pdf', '25504446'],
  ['png', '89504e47'],
  ['jpg', 'ffd8ff'],
  ['gif', '47494638'],
]

/** The kind of a file by how it starts, else by its name. */
export function typeOf({ data, filename }: FilePart): string {
  const start = Buffer.from(data.subarray(0, 4)).toString('hex')
  const known = signatures.find(([, signature]) => start.startsWith(signature))?.[0]
  const extension = /\.(\w{1,5})$/.exec(filename)?.[1]?.toLowerCase()
  return known ?? (extension === 'jpeg' ? 'jpg' : (extension ?? 'txt'))
}

/** Refuses a file that its purpose does not take. */
export function checkFile(file: FilePart, purpose: string): void {
  const rule = rules[purpose]
  if (file.data.length === 0) throw stripeError(400, undefined, 'The file uploaded is empty.', 'file')
  if (!rule) return
  if (file.data.length > rule.bytes)
    throw stripeError(
      400,
      undefined,
      `The file uploaded exceeds the maximum size of ${rule.bytes} bytes for purpose ${purpose}.`,
      'file',
    )
  const type = typeOf(file)
  if (!rule.types.includes(type))
    throw stripeError(
      400,
      undefined,
      `Invalid file type: ${type}. Files with purpose ${purpose} must be one of: ${rule.types.join(', ')}.`,
      'file',
    )
}
