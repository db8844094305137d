import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP line to a server that can be cut and mended: to those at its end the server is away, while others go on using it. */
export class CuttableLine {
  private server: Server | undefined;
  private readonly sockets = new Set<Socket>();
  private port = 0;

  private constructor(private readonly target: URL) {}

  /** A whole line to the server of that URL. */
  static async to(url: string): Promise<CuttableLine> {
    const line = new CuttableLine(new URL(url));
    await line.mend();
    return line;
  }

  /** The URL through this line: the same but for host and port, which stay the same over cuts. */
  through(url: string): string {
    const line = new URL(url);
    line.hostname = '127.0.0.1';
    line.port = String(this.port);
    return line.href;
  }

  async mend(): Promise<void> {
    const server = createServer((near) => {
      const far = connect(Number(this.target.port), this.target.hostname);
      for (const socket of [near, far]) {
        this.sockets.add(socket);
        socket.on('error', () => undefined).on('close', () => {
          near.destroy();
          far.destroy();
          this.sockets.delete(socket);
        });
      }
      near.pipe(far).pipe(near);
    });
    this.server = server;
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
  }

  /** Ends every connection; new ones are refused. */
  cut(): void {
    this.server?.close();
    for (const socket of this.sockets) socket.destroy();
    this.sockets.clear();
  }
}
