import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { messageOf } from '../../../model/errors.ts';
import { writeFiles } from '../../../world/folder.testing.ts';
import { groundOptions } from '../ground.testing.ts';
import { openGround, type Ground } from '../index.ts';

const temporary = mkdtempSync(join(tmpdir(), 'migrate-test-'));
process.env['TMPDIR'] = temporary;
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

async function inGround(files: Record<string, string>, look: (ground: Ground) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(temporary, 'app-'));
  writeFiles(dir, files);
  const ground = await openGround(groundOptions(dir));
  try {
    await ground.prepare();
    await look(ground);
  } finally {
    await ground.close();
  }
}

test('what fails is named with its file, and the rest is done', async () => {
  const files = {
    'migrations/1_a.sql': 'CREATE DATABASE shop;\nCREATE TABLE a (id int);\nALTER TABLE b ADD c int; -- no such table\nCREATE TABLE c ();',
    'migrations/2_d.sql': 'BEGIN;\nCREATE TABLE gone ();\nSELECT 1/0;\nCREATE TABLE gone_too ();\nCOMMIT;',
    'migrations/3_e.sql':
      "SELECT set_config('search_path', '', false);\nCREATE TABLE public.e ();\nALTER TABLE public.e OWNER TO postgres;",
    'migrations/4_f.sql': 'BEGIN; CREATE TABLE left_open ();',
    'migrations/5_g.sql': 'CREATE TABLE g ();',
  };
  await inGround(files, async (ground) => {
    const said = await ground.migrate().then(() => '', messageOf);
    expect(said).toBe(
      'the migration migrations/1_a.sql failed: relation "b" does not exist; the statement was: ALTER TABLE b ADD c int; ' +
        '1 more statement failed, such as: the migration migrations/2_d.sql failed: division by zero; the statement was: SELECT 1/0',
    );
    const { tables } = await ground.schema();
    expect(tables.map(({ name }) => name)).toEqual(['public.a', 'public.c', 'public.e', 'public.g']);
  });
});

test("Supabase's migrations find the roles, tables and functions that they refer to", async () => {
  const files = {
    'supabase/migrations/1_profiles.sql': `
      create extension if not exists "uuid-ossp";
      create table public.profiles (id uuid primary key references auth.users on delete cascade, name text);
      alter table public.profiles enable row level security;
      create policy "own" on public.profiles for all to authenticated using ((select auth.uid()) = id);
      create function public.on_user() returns trigger language plpgsql security definer set search_path = '' as $$
      begin insert into public.profiles (id, name) values (new.id, new.raw_user_meta_data ->> 'name'); return new; end $$;
      create trigger on_user after insert on auth.users for each row execute procedure public.on_user();
      insert into storage.buckets (id, name, public) values ('avatars', 'avatars', true);
      create policy "avatars" on storage.objects for insert with check (auth.uid()::text = (storage.foldername(name))[1]);
      alter publication supabase_realtime add table public.profiles;
      grant select on public.profiles to anon, service_role;`,
  };
  await inGround(files, async (ground) => {
    await ground.migrate();
    await ground.sql(`INSERT INTO auth.users (email, raw_user_meta_data) VALUES ('a@outside.test', '{"name": "A"}')`);
    expect(await ground.sql('SELECT name FROM profiles')).toEqual([{ name: 'A' }]);
  });
});
