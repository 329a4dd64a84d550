import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';

/** The machine in one line each. @param {string} work the directory that was built in */
export function describeMachine(work) {
  const os = /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'unknown';
  const fileSystem = output('findmnt', ['--noheadings', '--output', 'FSTYPE', '--target', work]) || 'unknown';
  return {
    processor: `${cpus()[0]?.model.trim() || 'unknown'}, ${cpus().length} threads`,
    memory: `${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
    system: `${os}, Linux ${release()}`,
    fileSystem,
    user: process.getuid?.() === 0 ? 'root' : 'an ordinary user',
  };
}

/** @param {string} project */
export function describeVersions(project) {
  const { version } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
  const commit = output('git', ['-C', project, 'rev-parse', '--short', 'HEAD']);
  return {
    ours: commit === '' ? version : `${version} (${commit})`,
    liveBuild: versionOf('live-build'),
    mmdebstrap: versionOf('mmdebstrap'),
    squashfsTools: versionOf('squashfs-tools'),
    node: process.versions.node,
  };
}

/** @param {string} name */
function versionOf(name) {
  return output('dpkg-query', ['--show', name]).split('\t')[1] ?? 'not installed';
}

/** @param {string} program @param {string[]} args */
function output(program, args) {
  const { status, stdout } = spawnSync(program, args, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : '';
}
