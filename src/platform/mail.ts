import { createTransport } from 'nodemailer';
import { randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Env } from '../../config/env.js';

interface StaffMessage {
  /** Id of the `staff_mail` row; part of the Message-ID, so that a mail that went twice can be told. */
  id: string;
  to: string;
  subject: string;
  /** Plain text. */
  text: string;
}

/** The way out to our own people's mailboxes: SMTP, or files when no server is set. */
export interface StaffMailDoor {
  /** Resolves once the server has taken the mail (or the file is written). @throws the transport's error, with its `code` */
  send(message: StaffMessage): Promise<void>;
  close(): void;
}

export const CONNECT_MS = 10_000;
export const SILENCE_MS = 30_000;

/** @param env SMTP_URL, MAIL_FROM, and DATA_DIR, in whose `outbox` mails go as `.eml` files without SMTP_URL */
export function openStaffMail(env: Env): StaffMailDoor {
  return env.SMTP_URL ? bySmtp(env.SMTP_URL, env.MAIL_FROM) : byFile(join(env.DATA_DIR, 'outbox'), env.MAIL_FROM);
}

/** What a mail may not do: read files or addresses on our side. */
const CLOSED = { disableFileAccess: true, disableUrlAccess: true };

function compose(message: StaffMessage, from: string): { messageId: string; from: string; to: string; subject: string; text: string; headers: Record<string, string> } {
  const domain = from.split('@').pop() ?? 'localhost';
  return {
    messageId: `<${message.id}@${domain}>`, from, to: message.to, subject: message.subject, text: message.text,
    // No out-of-office answers to a machine.
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}

function bySmtp(url: string, from: string): StaffMailDoor {
  const transport = createTransport({ url, connectionTimeout: CONNECT_MS, greetingTimeout: CONNECT_MS, socketTimeout: SILENCE_MS, ...CLOSED });
  return {
    async send(message) {
      await transport.sendMail(compose(message, from));
    },
    close: () => transport.close(),
  };
}

function byFile(folder: string, from: string): StaffMailDoor {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows', ...CLOSED });
  return {
    async send(message) {
      const { message: bytes } = await transport.sendMail(compose(message, from));
      await writeMailFile(folder, message.id, bytes as Buffer);
    },
    close: () => transport.close(),
  };
}

/** Whole or not at all; and for nobody else's eyes, since links in a mail let people in. @returns the file's path */
export async function writeMailFile(folder: string, id: string, bytes: Buffer): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const [written, file] = [join(folder, `${id}.${randomUUID()}.new`), join(folder, `${id}.eml`)];
  await writeFile(written, bytes, { mode: 0o600 });
  await rename(written, file);
  return file;
}
