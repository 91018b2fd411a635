import { all, library } from './types.ts';
import type { Library } from './types.ts';

const statuses: Readonly<Record<string, number>> = {
  BadRequestException: 400,
  UnauthorizedException: 401,
  ForbiddenException: 403,
  NotFoundException: 404,
  ConflictException: 409,
  GoneException: 410,
  UnprocessableEntityException: 422,
  InternalServerErrorException: 500,
};

/** NestJS: what its application, its decorators and its guards' helpers do. */
export default [
  library(['@nestjs/core'], {
    'NestFactory.create': { means: 'app', returns: 'NestApplication' },
    'NestApplication.setGlobalPrefix': { means: 'nest-prefix' },
    'NestApplication.enableVersioning': { means: 'nest-versioning' },
    'NestApplication.useGlobalGuards': { means: 'nest-guards' },
    'NestApplication.useGlobalPipes': { means: 'nest-pipes' },
    'NestApplication.get': { means: 'nest-provided' },
    'NestApplication.enableShutdownHooks': { means: 'shutdown-hooks' },
    'NestApplication.listen': { means: 'listen' },
    'Reflector.createDecorator': { means: 'nest-decorator', returns: 'Decorator' },
    'Reflector.get': { means: 'nest-metadata' },
    'Reflector.getAll': { means: 'nest-metadata' },
    'Reflector.getAllAndOverride': { means: 'nest-metadata' },
    'Reflector.getAllAndMerge': { means: 'nest-metadata' },
  }),
  library(['@nestjs/common'], {
    'ExecutionContext.switchToHttp': { means: 'nest-context' },
    'ExecutionContext.getHandler': { means: 'nest-context' },
    'ExecutionContext.getClass': { means: 'nest-context' },
    'ExecutionContext.getContext': { means: 'nest-resolver-context' },
    'ExecutionContext.getRequest': { means: 'nest-request' },
    'ExecutionContext.getResponse': { means: 'nest-response' },
    HttpException: { means: 'http-error' },
    ...Object.fromEntries(Object.entries(statuses).map(([name, status]) => [name, { means: `http-error:${status}` }])),
  }),
  library(['@nestjs/graphql'], { 'GqlExecutionContext.create': { means: 'nest-resolver', result: 'argument' } }),
  library(['@nestjs/passport'], { AuthGuard: { means: 'guard:authentication' } }),
  library(['@nestjs/throttler'], { ThrottlerGuard: { means: 'guard:rate-limit' } }),
  library(['@nestjs/config'], {
    registerAs: { means: 'nest-namespace' },
    'ConfigService.get': { means: 'nest-setting' },
    'ConfigService.getOrThrow': { means: 'nest-setting' },
  }),
  library(['@nestjs/jwt'], {
    ...all('token-sign', 'JwtService.sign JwtService.signAsync'),
    'JwtService.verify': { means: 'token-verify', result: 'session', throws: true },
    'JwtService.verifyAsync': { means: 'token-verify', result: 'session', throws: true },
    'JwtService.decode': { means: 'token-decode', result: 'argument' },
  }),
] satisfies Library;
