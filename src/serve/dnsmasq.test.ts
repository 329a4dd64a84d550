import { expect, test } from 'vitest';
import { servedClients } from './clients.ts';
import { type DnsmasqSettings, dnsmasqConfig } from './dnsmasqConfig.ts';
import { readDnsmasqLine } from './dnsmasqLog.ts';

const settings: DnsmasqSettings = {
  network: { interfaceName: 'eth1', address: '10.0.0.7', netmask: '255.255.255.0' },
  dhcp: 'proxy',
  clients: servedClients(new Set(['pxelinux.0', 'bootx64.efi', 'grubx64.efi'])),
  tftpRoot: '/tftpboot',
  httpBase: 'http://10.0.0.7',
  hasIpxeScript: true,
  leaseFile: '/leases',
};
const lines = (changes: Partial<DnsmasqSettings>) =>
  dnsmasqConfig({ ...settings, ...changes })
    .trim()
    .split('\n');
const { httpBase: _, ...withoutHttp } = settings;

test('one interface, and no name server', () => {
  expect(lines({})).toEqual(
    expect.arrayContaining(['port=0', 'interface=eth1', 'except-interface=lo', 'bind-interfaces']),
  );
});

test('beside another DHCP server: what to boot, and no address', () => {
  const config = lines({});
  expect(config).toContain('dhcp-range=10.0.0.0,proxy,255.255.255.0');
  expect(config.filter((line) => line.startsWith('pxe-service='))).toEqual([
    'pxe-service=tag:!ipxe,tag:arch0,0,"Network boot",pxelinux.0',
    'pxe-service=tag:ipxe,tag:arch0,0,"Network boot",http://10.0.0.7/boot.ipxe',
    'pxe-service=tag:!ipxe,tag:arch7,7,"Network boot",bootx64.efi',
    'pxe-service=tag:ipxe,tag:arch7,7,"Network boot",http://10.0.0.7/boot.ipxe',
    'pxe-service=tag:!ipxe,tag:arch9,9,"Network boot",bootx64.efi',
    'pxe-service=tag:ipxe,tag:arch9,9,"Network boot",http://10.0.0.7/boot.ipxe',
    'pxe-service=tag:arch16,16,"Network boot",http://10.0.0.7/bootx64.efi',
  ]);
});

test('as the DHCP server: addresses without router or name server', () => {
  const config = lines({ dhcp: { first: '10.0.0.100', last: '10.0.0.120' } });
  expect(config).toEqual(
    expect.arrayContaining([
      'dhcp-range=10.0.0.100,10.0.0.120,255.255.255.0,1h',
      'dhcp-option=3',
      'dhcp-option=6',
      'dhcp-boot=tag:!ipxe,tag:arch0,pxelinux.0',
      'dhcp-boot=tag:arch16,http://10.0.0.7/bootx64.efi',
      'dhcp-option-force=tag:arch16,60,HTTPClient',
    ]),
  );
  expect(config.join()).not.toMatch(/proxy|pxe-service/);
});

test('without HTTP, iPXE gets what others get', () => {
  const config = dnsmasqConfig({ ...withoutHttp, dhcp: { first: '10.0.0.100', last: '10.0.0.120' } });
  expect(config).toContain('dhcp-boot=tag:arch0,pxelinux.0\n');
  expect(config).not.toMatch(/http|boot\.ipxe/);
});

test('without TFTP, no file of it is named', () => {
  const { tftpRoot: _, ...withoutTftp } = settings;
  const config = dnsmasqConfig({ ...withoutTftp, dhcp: { first: '10.0.0.100', last: '10.0.0.120' } });
  expect(config).not.toMatch(/pxelinux|,bootx64/);
  expect(config).toContain('dhcp-boot=tag:ipxe,tag:arch0,http://10.0.0.7/boot.ipxe');
});

test('only what the image has is named', () => {
  const config = lines({ clients: servedClients(new Set(['bootaa64.efi'])), hasIpxeScript: false });
  expect(config.filter((line) => line.startsWith('dhcp-boot='))).toEqual([
    'dhcp-boot=tag:arch11,bootaa64.efi',
    'dhcp-boot=tag:arch19,http://10.0.0.7/bootaa64.efi',
  ]);
});

test('TFTP alone', () => {
  expect(lines({ dhcp: 'none' }).join()).not.toContain('dhcp');
});

test.each([
  [
    'dnsmasq-dhcp: DHCPACK(veth0) 10.0.0.101 52:54:00:12:34:56 debian',
    { protocol: 'dhcp', client: '52:54:00:12:34:56', request: 'address', outcome: '10.0.0.101', isGood: true },
  ],
  [
    'dnsmasq-dhcp[12]: PXE(veth0) 52:54:00:12:34:56 proxy',
    { protocol: 'dhcp', client: '52:54:00:12:34:56', request: 'boot file', outcome: 'proxy', isGood: true },
  ],
  [
    'dnsmasq-tftp: sent /tftpboot/live/vmlinuz to 10.0.0.101',
    { protocol: 'tftp', client: '10.0.0.101', request: 'live/vmlinuz', outcome: 'sent', isGood: true },
  ],
  [
    'dnsmasq-tftp: file /tftpboot/grub/x86_64-efi/grub.cfg not found for 10.0.0.101',
    {
      protocol: 'tftp',
      client: '10.0.0.101',
      request: 'grub/x86_64-efi/grub.cfg',
      outcome: 'not found',
      isGood: false,
    },
  ],
  ['dnsmasq-dhcp: DHCPDISCOVER(veth0) 52:54:00:12:34:56', undefined],
  ['dnsmasq: started, version 2.91 DNS disabled', undefined],
])('%s', (line, request) => {
  expect(readDnsmasqLine(line, '/tftpboot')).toEqual(request);
});
