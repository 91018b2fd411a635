import { describe, expect, it } from 'vitest';
import { guarded, inputs } from './told.testing.ts';
import { ids, read } from '../program.testing.ts';

const main = (more = '') => `
import { NestFactory } from '@nestjs/core';
import { ValidationPipe, VersioningType } from '@nestjs/common';
import { AppModule } from './app.module';
async function bootstrap() { const app = await NestFactory.create(AppModule); ${more} await app.listen(3000); }
void bootstrap();`;
const nest = (controller: string, { start = '', module = '', ...more }: Record<string, string> = {}) =>
  read({
    'src/main.ts': main(start),
    'src/app.module.ts': `import { Module } from '@nestjs/common'; import { APP_GUARD } from '@nestjs/core'; import { X } from './x.controller';\n${module || '@Module({ controllers: [X] }) export class AppModule {}'}`,
    'src/x.controller.ts': `import { Controller, Get, Post, Delete, Body, Param, Query, Req, UseGuards, SetMetadata, applyDecorators, createParamDecorator } from '@nestjs/common';\nimport { AuthGuard } from '@nestjs/passport';\n${controller}`,
    ...more,
  });

describe('endpoints', () => {
  const cases: [string, string, Record<string, string>, string[]][] = [
    [
      'methods of a controller',
      `@Controller('notes') export class X { @Get() list() {} @Get(':id') one() {} @Post(['a', 'b']) make() {} other() {} }`,
      {},
      ['GET /notes', 'GET /notes/:id', 'POST /notes/a', 'POST /notes/b'],
    ],
    [
      'a prefix with exceptions',
      `@Controller() export class X { @Get('health') health() {} @Get('notes') list() {} }`,
      { start: `app.setGlobalPrefix('api', { exclude: ['health'] });` },
      ['GET /api/notes', 'GET /health'],
    ],
    [
      'versions in the path',
      `@Controller({ path: 'notes', version: '2' }) export class X { @Get() list() {} }`,
      { start: `app.enableVersioning({ type: VersioningType.URI });` },
      ['GET /v2/notes'],
    ],
    [
      'versions elsewhere',
      `@Controller({ path: 'notes', version: '2' }) export class X { @Get() list() {} }`,
      { start: `app.enableVersioning({ type: VersioningType.HEADER, header: 'v' });` },
      ['GET /notes'],
    ],
    [
      'a prefix from the configuration',
      `@Controller('notes') export class X { @Get() list() {} }`,
      {
        start: `const config = app.get(ConfigService<Config>); app.setGlobalPrefix(config.getOrThrow('app.prefix', { infer: true }));`,
        'src/main.ts': `import { ConfigService } from '@nestjs/config'; import './config';${main(`const config = app.get(ConfigService); app.setGlobalPrefix(config.getOrThrow('app.prefix', { infer: true }));`)}`,
        'src/config.ts': `import { registerAs } from '@nestjs/config'; export default registerAs('app', () => ({ prefix: process.env.API_PREFIX || 'rest' }));`,
      },
      ['GET /rest/notes'],
    ],
    [
      'decorators of other libraries',
      `import { Get as Read } from './mine'; @Controller('x') export class X { @Read() list() {} }`,
      {},
      [],
    ],
  ];
  it.each(cases)('%s', async (_, controller, more, expected) => expect(ids(await nest(controller, more))).toEqual(expected));
});

describe('guards', () => {
  const roles = `
import { CanActivate, ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
export const Roles = (...roles: string[]) => SetMetadata('roles', roles);
@Injectable() export class RolesGuard implements CanActivate {
  constructor(private reflector: Reflector) {}
  canActivate(context: ExecutionContext): boolean {
    const roles = this.reflector.getAllAndOverride<string[]>('roles', [context.getHandler(), context.getClass()]);
    if (!roles) return true;
    const { user } = context.switchToHttp().getRequest();
    return roles.some((role) => user.roles?.includes(role));
  }
}`;
  const jwt = `
import { ExecutionContext, Injectable, UnauthorizedException, CanActivate, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { JwtService } from '@nestjs/jwt';
export const Public = () => SetMetadata('isPublic', true);
@Injectable() export class JwtGuard implements CanActivate {
  constructor(private jwt: JwtService, private reflector: Reflector) {}
  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.reflector.getAllAndOverride('isPublic', [context.getHandler(), context.getClass()])) return true;
    const request = context.switchToHttp().getRequest();
    const token = request.headers.authorization?.split(' ')[1];
    if (!token) throw new UnauthorizedException();
    try { request.user = await this.jwt.verifyAsync(token, { secret: process.env.SECRET }); } catch { throw new UnauthorizedException(); }
    return true;
  }
}`;

  it('reads those of the class and of the method, with the roles that an endpoint names', async () => {
    const program = await nest(
      `import { Roles, RolesGuard } from './roles'; const Admin = () => applyDecorators(UseGuards(AuthGuard('jwt'), RolesGuard), Roles('admin'));
       @Controller('a') @UseGuards(AuthGuard('jwt'), RolesGuard) export class X { @Get('all') all() {} @Roles('admin', 'editor') @Delete(':id') drop() {} }
       @Controller('b') export class Y { @Get() open() {} @Admin() @Post() make() {} @UseGuards(AuthGuard(['jwt', 'anonymous'])) @Get('me') me() {} @UseGuards(AuthGuard('anonymous')) @Get('any') any() {} }`,
      { 'src/roles.ts': roles },
    );
    expect(guarded(program)).toEqual([
      'DELETE /a/:id: authentication, role(admin,editor)',
      'GET /a/all: authentication',
      'GET /b: -',
      'POST /b: authentication, role(admin)',
      'GET /b/any: -',
      'GET /b/me: authentication',
    ]);
  });

  it('reads global guards, and endpoints that they let everybody to', async () => {
    const program = await nest(
      `import { Public } from './jwt'; @Controller() export class X { @Public() @Get('open') open() {} @Get('closed') closed() {} }`,
      {
        'src/jwt.ts': jwt,
        module: `import { JwtGuard } from './jwt'; @Module({ controllers: [X], providers: [{ provide: APP_GUARD, useClass: JwtGuard }] }) export class AppModule {}`,
      },
    );
    expect(guarded(program)).toEqual(['GET /closed: authentication', 'GET /open: -']);
  });

  it('reads a guard that only wraps one of a package', async () => {
    const program = await nest(
      `import { Public, Jwt } from './wrapped'; @Controller() @UseGuards(Jwt) export class X { @Public() @Get('open') open() {} @Get('closed') closed() {} }`,
      {
        'src/wrapped.ts': `import { SetMetadata } from '@nestjs/common'; import { Reflector } from '@nestjs/core'; import { AuthGuard } from '@nestjs/passport';
          export const Public = () => SetMetadata('public', true);
          export class Jwt extends AuthGuard('jwt') { constructor(private reflector: Reflector) { super(); }
            canActivate(context) { const open = this.reflector.get('public', context.getHandler()); if (open) return true; return super.canActivate(context); } }`,
      },
    );
    expect(guarded(program)).toEqual(['GET /closed: authentication', 'GET /open: -']);
  });

  it('does not take a guard for one that lets everybody in', async () => {
    const program = await nest(`import { Open } from './open'; @Controller() @UseGuards(Open) export class X { @Get() any() {} }`, {
      'src/open.ts': `export class Open { canActivate(context) { return true; } }`,
    });
    expect(guarded(program)).toEqual(['GET /: -']);
  });
});

describe('inputs', () => {
  const dto = `import { IsEmail, IsInt, IsOptional, IsString, IsIn, MinLength, Min } from 'class-validator'; import { PartialType } from '@nestjs/mapped-types';
export class Make { @IsEmail() email: string; @IsString() @MinLength(8) password: string; @IsOptional() @IsInt() @Min(1) size?: number; @IsIn(['a', 'b']) kind: string; }
export class Change extends PartialType(Make) { @IsString() note?: string; }`;

  it('come from the classes of parameters, and are checked where a pipe does it', async () => {
    const controller = `import { Make, Change } from './dto';
      @Controller('x') export class X { @Post() make(@Body() body: Make) { return body.email; } @Post(':id') change(@Param('id') id: string, @Body() body: Change, @Query('page') page: string) { return [id, page]; } }`;
    const program = await nest(controller, { 'src/dto.ts': dto, start: 'app.useGlobalPipes(new ValidationPipe({ whitelist: true }));' });
    expect(inputs(program)).toEqual([
      'body.email:string!',
      'body.kind:string!',
      'body.password:string!',
      'body.size:integer',
      'body.email:string',
      'body.kind:string',
      'body.note:string',
      'body.password:string',
      'body.size:integer',
      'params.id:unknown!',
      'query.page:unknown',
    ]);
    expect(program.routes.map(({ validated }) => validated)).toEqual([true, true]);
    expect((await nest(controller, { 'src/dto.ts': dto })).routes.map(({ validated }) => validated)).toEqual([false, false]);
  });

  it('reach statements through services that the container makes', async () => {
    const program = await nest(
      `import { Notes } from './notes'; export const Me = createParamDecorator((data, context) => context.switchToHttp().getRequest().user);
       @Controller('notes') export class X { constructor(private readonly notes: Notes) {} @Get(':id') one(@Param('id') id: string) { return this.notes.one(id); } @Get() mine(@Me() me) { return this.notes.of(me.id); } }`,
      {
        'src/notes.ts': `import pg from 'pg'; export abstract class Notes { abstract one(id); abstract of(user); }
          export class PostgresNotes extends Notes { pool = new pg.Pool(); one(id) { return this.pool.query('SELECT * FROM notes WHERE id = $1', [id]);
 }
 of(user) { return this.pool.query('SELECT * FROM notes WHERE user_id = $1', [user]); } }`,
        module: `import { Notes, PostgresNotes } from './notes'; @Module({ controllers: [X], providers: [{ provide: Notes, useClass: PostgresNotes }] }) export class AppModule {}`,
      },
    );
    expect(program.queries.map(({ routes, filters }) => [routes, filters.map(({ value }) => value.kind)])).toEqual([
      [['GET /notes/:id'], ['input']],
      [['GET /notes'], ['session']],
    ]);
  });
});
