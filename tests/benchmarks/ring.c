/* The ring by hand: see kernel_engine. The logarithm and the draws are those of sim, so that the log is the same. */
#include <stdint.h>
#include <math.h>
#include <string.h>
#define K @K@
#define H @H@
static const double A[K]={@A@}, B[K]={@B@};
static inline double lg(double x){ int e; double part=frexp(x,&e); if(part<0.7071067811865476){part+=part;e-=1;}
 double k=(double)e,f=part-1.0,half=0.5*f*f,s=f/(2.0+f),z=s*s,w=z*z;
 double odd=0.666666666666667 + w * (0.28571428625975487 + w * (0.18182889125261723 + w * 0.14616449685043406));
 double even=0.39999999999899505 + w * (0.2222221113479508 + w * 0.15331721600556042);
 double rest=z*odd+w*even;
 return k * 0.6931471804855391 - ((half - (s * (half + rest) + k * 7.440617110012397e-11)) - f);}
static inline double expo(uint64_t key,uint64_t run,uint32_t occ){
 uint32_t c0=run,c1=run>>32,c2=occ,c3=0,k0=key,k1=key>>32;
 for(int i=0;i<10;i++){uint64_t p0=(uint64_t)c0*0xD2511F53u,p1=(uint64_t)c2*0xCD9E8D57u;
  uint32_t n0=(uint32_t)(p1>>32)^c1^k0,n2=(uint32_t)(p0>>32)^c3^k1;c1=(uint32_t)p1;c3=(uint32_t)p0;c0=n0;c2=n2;k0+=0x9E3779B9u;k1+=0xBB67AE85u;}
 uint64_t u=((uint64_t)c0<<21|c1>>11)+1; return 0.0-lg((double)u*0x1p-53);}
static int64_t x[K]; static double since[K],haz[K],rate[K],thr[K],due[K]; static int32_t occ[K]; static uint64_t key[K]; 
static inline void follow(int i,double now,uint64_t run){
  if(x[i]<=0){ due[i]=INFINITY; return;}
  double r=A[i]+B[i]*(double)x[i];
  if(due[i]==INFINITY){ occ[i]++; since[i]=now; haz[i]=0; rate[i]=r; thr[i]=expo(key[i],run,occ[i]); double d=now+(thr[i]-haz[i])/r; due[i]=d>now?d:now; return;}
  if(r!=rate[i]){ haz[i]+=rate[i]*(now-since[i]); since[i]=now; rate[i]=r; double d=now+(thr[i]-haz[i])/r; due[i]=d>now?d:now;}
}
int64_t simulate(const uint64_t*keys,int64_t first,int64_t runs,double*times,int32_t*codes,int32_t*occs){
 memcpy(key,keys,sizeof key); int64_t row=0;
 for(int64_t n=0;n<runs;n++){ uint64_t run=first+n; 
  for(int i=0;i<K;i++){x[i]=2;occ[i]=-1;due[i]=INFINITY;}
  times[row]=0;codes[row]=-1;occs[row++]=0;
  for(int i=0;i<K;i++)follow(i,0.0,run);
  for(;;){ int b=0; double t=due[0]; for(int i=1;i<K;i++) if(due[i]<t){t=due[i];b=i;}
   if(t>H)break;
   int j=b+1<K?b+1:0;
   x[b]-=1;x[j]+=1;
   times[row]=t;codes[row]=b;occs[row++]=occ[b];
   due[b]=INFINITY;
   if(b<j){follow(b,t,run);follow(j,t,run);}else{follow(j,t,run);follow(b,t,run);}
  }
  times[row]=H;codes[row]=-2;occs[row++]=0;
 } return row;}
