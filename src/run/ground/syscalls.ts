import { endianness } from 'node:os';

/**
 * The filter on system calls that the inner wall adds to the namespaces. It closes what namespaces leave open: address
 * families that no network namespace holds (AF_VSOCK reaches the host of a virtual machine), user namespaces of the
 * program's own (memory file systems without a limit), keyrings that outlive it, and the way around such a filter
 * (io_uring). Everything else is allowed; this is no list of what an app needs.
 */

/** `struct sock_filter`: code, jump if true, jump if false, operand (linux/filter.h). */
type Instruction = readonly [code: number, whenTrue: number, whenFalse: number, operand: number];

const load = 0x20;
const equal = 0x15;
const atLeast = 0x35;
const anyBit = 0x45;
const answer = 0x06;

const allow = 0x7fff0000;
const fail = (errno: number) => 0x00050000 | errno;
const EPERM = 1;
const ENOSYS = 38;
const EAFNOSUPPORT = 97;

/** Offsets in `struct seccomp_data`; arguments are 64 bits wide, their low half first. */
const at = { call: 0, architecture: 4, first: 16 };

const newUser = 0x10000000;
/** AF_UNIX, AF_INET, AF_INET6, AF_NETLINK. */
const families = [1, 2, 10, 16];

interface Calls {
  readonly architecture: number;
  readonly clone: number;
  readonly unshare: number;
  readonly socket: number;
  readonly absent: readonly number[];
  readonly refused: readonly number[];
}

const machines: Readonly<Partial<Record<string, Calls>>> = {
  x64: {
    architecture: 0xc000003e,
    clone: 56,
    unshare: 272,
    socket: 41,
    // clone3 hides its flags in memory; io_uring opens sockets past this filter; add_key, request_key, keyctl.
    absent: [435, 425, 426, 427, 248, 249, 250],
    // syslog, bpf, perf_event_open, userfaultfd.
    refused: [103, 321, 298, 323],
  },
  arm64: {
    architecture: 0xc00000b7,
    clone: 220,
    unshare: 97,
    socket: 198,
    absent: [435, 425, 426, 427, 217, 218, 219],
    refused: [116, 280, 241, 282],
  },
};

/** The filter as bubblewrap reads it, or null for a machine whose call numbers are not known here. */
export function callFilter(machine: string = process.arch): Buffer | null {
  const calls = machines[machine];
  if (!calls || endianness() !== 'LE') return null;
  const lines: Instruction[] = [
    [load, 0, 0, at.architecture],
    // The 32-bit calls of the same processor have other numbers.
    [equal, 1, 0, calls.architecture],
    [answer, 0, 0, fail(ENOSYS)],
    [load, 0, 0, at.call],
    // The x32 calls of x86-64, which have other numbers too.
    [atLeast, 0, 1, 0x40000000],
    [answer, 0, 0, fail(ENOSYS)],
  ];
  const each = (list: readonly number[], errno: number) => {
    for (const call of list) lines.push([equal, 0, 1, call], [answer, 0, 0, fail(errno)]);
  };
  each(calls.absent, ENOSYS);
  each(calls.refused, EPERM);
  for (const call of [calls.clone, calls.unshare]) {
    lines.push([equal, 0, 4, call], [load, 0, 0, at.first], [anyBit, 0, 1, newUser], [answer, 0, 0, fail(EPERM)], [answer, 0, 0, allow]);
  }
  lines.push([equal, 0, families.length + 2, calls.socket], [load, 0, 0, at.first]);
  for (const [index, family] of families.entries()) lines.push([equal, families.length - index, 0, family]);
  lines.push([answer, 0, 0, fail(EAFNOSUPPORT)], [answer, 0, 0, allow]);
  const filter = Buffer.alloc(lines.length * 8);
  for (const [index, [code, whenTrue, whenFalse, operand]] of lines.entries()) {
    filter.writeUInt16LE(code, index * 8);
    filter.writeUInt8(whenTrue, index * 8 + 2);
    filter.writeUInt8(whenFalse, index * 8 + 3);
    filter.writeUInt32LE(operand >>> 0, index * 8 + 4);
  }
  return filter;
}
