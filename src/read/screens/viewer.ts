import { bare, lit, UNKNOWN } from './values.ts';
import type { Shown } from './values.ts';

/**
 * Who is looking at the screens: somebody of a role by its name, somebody signed in of a role that no screen names, nobody who is
 * signed in, or `anyone` - then every question about the role is left open, to learn which roles are asked for at all.
 */
export type Viewer = { readonly kind: 'role'; readonly role: string } | { readonly kind: 'other' | 'anonymous' | 'anyone' };

/** Stands for a role that no screen compares with. */
const unnamed = '\u0000another role';

const sessionHook =
  /^use(Current|Logged\w*|My|The|App)?(Auth\w*|User|Session|Me|Profile|Account|Identity|Viewer|Permissions?|Roles?|Authorization)(Context|Store|State|Data|Info|Query|Session|User)?$/;
const sessionName = /^(auth\w*|session|current_?user|logged_?in_?user|user_?context|account|identity|viewer|profile|me|user)$/i;
const userName =
  /^(user|currentUser|authUser|loggedInUser|me|viewer|identity|account|profile|currentProfile|userProfile|userData|member)$/i;
const inUser = /^(user_?metadata|app_?metadata|public_?metadata|metadata|attributes|claims|user|profile|data|account|publicMetadata)$/i;
const roleName = /^(role|roles|user_?role|role_?name|user_?type|account_?type|role_?id|app_?role|user_?roles|current_?role)$/i;
const signedIn = /^(is_?)?(authenticated|logged_?in|signed_?in)$/i;
const flagName = /^is_?(admin|super_?admin|super_?user|staff|manager|moderator|operator|editor|root|administrator)$/i;
const roleQuestion =
  /^(has(Any|One|Some)?_?Role?s?|is_?Role|check_?Roles?|user_?Has_?Role|has(Any)?Roles?|in_?Role|is_?In_?Role|isOneOf)$/i;

/** A name by which code may speak of who is looking. */
export function speaksOfViewer(name: string): boolean {
  return (
    sessionHook.test(name) ||
    userName.test(name) ||
    roleName.test(name) ||
    signedIn.test(name) ||
    flagName.test(name) ||
    roleQuestion.test(name)
  );
}

/** `isSuperAdmin` asks for `superadmin`. */
function flagOf(name: string): string | null {
  const found = flagName.exec(name)?.[1];
  return found === undefined ? null : plain(found);
}

function plain(role: string): string {
  const word = role.toLowerCase().replace(/[^a-z0-9]/g, '');
  return word === 'administrator' ? 'admin' : word;
}

/** What one viewer is, asked by the code of the screens; notes which roles it asks for, and how often. */
export class Looking {
  readonly viewer: Viewer;
  /** Roles that screens compare the viewer's with. */
  readonly named = new Set<string>();
  /** Roles that screens ask for by a property of their own. */
  readonly flags = new Set<string>();
  /** How often something depended on who is looking. */
  asked = 0;
  /** The value that stands for the viewer's role. */
  readonly role: Shown;

  constructor(viewer: Viewer) {
    this.viewer = viewer;
    this.role =
      viewer.kind === 'role'
        ? lit(viewer.role)
        : viewer.kind === 'other'
          ? lit(unnamed)
          : viewer.kind === 'anonymous'
            ? { k: 'lit', v: null }
            : { k: 'unknown' };
  }

  /** A hook or function that tells about the session, by its name; null for any other. */
  isSession(name: string): boolean {
    return sessionHook.test(name);
  }

  /** A context, a part of a store or a key of browser storage that is about the session, by its name. */
  isAboutSession(name: string): boolean {
    return sessionName.test(name) || /(auth|session|currentUser|loggedInUser)/i.test(name) || /^User(Context|Store)?$/.test(name);
  }

  /** Truth of the session or its user: there is one. */
  present(): boolean | null {
    this.asked++;
    return this.viewer.kind === 'anyone' ? null : this.viewer.kind !== 'anonymous';
  }

  /** A property of the session, by its name; null where the name does not tell. */
  ofSession(name: string): Shown | null {
    if (name === 'session' || name === 'auth' || name === 'state' || name === 'value') return { k: 'session', beside: null };
    if (name === 'data' || userName.test(name)) return { k: 'user' };
    if (signedIn.test(name)) {
      const there = this.present();
      return there === null ? UNKNOWN : lit(there);
    }
    return this.aboutRole(name);
  }

  /** A property of the user who is looking. */
  ofUser(name: string): Shown {
    if (inUser.test(name)) return { k: 'user' };
    return this.aboutRole(name) ?? UNKNOWN;
  }

  /** The role, a flag that says so, or a question for it, by name. */
  aboutRole(name: string): Shown | null {
    if (roleName.test(name)) {
      this.asked++;
      return /s$/i.test(name) && this.role.k === 'lit' && this.role.v !== null ? { k: 'list', items: [this.role] } : this.role;
    }
    if (roleQuestion.test(name)) return { k: 'asks-role' };
    const flag = flagOf(name);
    return flag === null ? null : this.has(flag);
  }

  /** Whether the viewer is what a flag says. Who has another role may well have the flag too. */
  private has(flag: string): Shown {
    this.asked++;
    this.flags.add(flag);
    const { viewer } = this;
    if (viewer.kind === 'role') return plain(viewer.role) === flag ? lit(true) : UNKNOWN;
    return viewer.kind === 'anyone' ? UNKNOWN : lit(false);
  }

  /** `hasRole('admin')`, `hasRole(['admin', 'editor'])`. */
  isOneOf(args: readonly Shown[]): Shown {
    const roles = args.map(bare).flatMap((arg) => (arg.k === 'list' ? arg.items.map(bare) : [arg]));
    const words = roles.flatMap((one) => (one.k === 'lit' && typeof one.v === 'string' ? [one.v] : []));
    if (words.length === 0 || words.length < roles.length) return UNKNOWN;
    this.asked++;
    for (const word of words) this.named.add(word);
    const { viewer } = this;
    if (viewer.kind === 'anyone') return UNKNOWN;
    return lit(viewer.kind === 'role' && words.some((word) => plain(word) === plain(viewer.role)));
  }

  /** True for the value that stands for the viewer's role. */
  isRole(value: Shown): boolean {
    return value === this.role;
  }

  /** Notes what the viewer's role is compared with. */
  compared(one: Shown, other: Shown): void {
    for (const [mine, theirs] of [
      [one, other],
      [other, one],
    ] as const)
      if (this.isRole(mine) && theirs.k === 'lit' && typeof theirs.v === 'string' && theirs.v !== unnamed) this.named.add(theirs.v);
  }
}
