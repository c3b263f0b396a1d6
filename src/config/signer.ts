import { z } from 'zod'

/** A person or a machine whose word counts, by the public half of an SSH key. */
export const signerSchema = z.strictObject({
  key: z
    .string({ error: 'expected a public key such as "ssh-ed25519 AAAA…"' })
    .trim()
    .regex(
      /^(ssh-(ed25519|rsa)|ecdsa-sha2-nistp\d+|sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com) [A-Za-z0-9+/]+={0,2}( [^\n\r]*)?$/,
      {
        error: 'expected a public key such as "ssh-ed25519 AAAA…"',
      },
    )
    .describe('The public key as in id_ed25519.pub'),
  roles: z.array(z.string().min(1)).default([]),
  emails: z.array(z.string().min(3)).default([]).describe('As git knows them; nobody approves a commit of their own'),
})

export type Signer = z.output<typeof signerSchema>

/** Those whose name or one of whose roles is among `wanted`. */
export const signersNamed = (signers: Readonly<Record<string, Signer>>, wanted: readonly string[]): Signer[] =>
  Object.entries(signers)
    .filter(([name, { roles }]) => [name, ...roles].some((one) => wanted.includes(one)))
    .map(([, signer]) => signer)
