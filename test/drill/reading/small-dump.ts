/** A small dump as pg_dump writes one: 40 rows in one table. */
export const smallDump = `--
-- PostgreSQL database dump
--

-- Dumped from database version 15.18
-- Dumped by pg_dump version 15.18

SET statement_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;

CREATE TABLE public.cards (
    id integer NOT NULL,
    name text
);

COPY public.cards (id, name) FROM stdin;
${Array.from({ length: 40 }, (_, row) => `${row}\tcard ${(row * 7919) % 101} żółć\\t${'x'.repeat(row % 7)}`).join('\n')}
\\.


ALTER TABLE ONLY public.cards
    ADD CONSTRAINT cards_pkey PRIMARY KEY (id);

--
-- PostgreSQL database dump complete
--

`
