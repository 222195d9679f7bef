import en from './en.json';
import type { Locale } from './locales';
import zh from './zh.json';

/** English is the key type: a language that lacks a key fails the type check. */
export type Messages = typeof en;

export const messages: Readonly<Record<Locale, Messages>> = { en, zh };
