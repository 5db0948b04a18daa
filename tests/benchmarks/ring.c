/* The ring by hand: see kernel_engine. The logarithm and the draws are those of sim, so that the log is the same. */
#include <stdint.h>
#include <math.h>
#include <string.h>
#define K @K@
#define H @H@
static const double A[K]={@A@}, B[K]={@B@};
static const double L[512]={@L@};
static inline double lg(double x){ uint64_t b; memcpy(&b,&x,8); double k=(double)((int64_t)(b>>52)-1022);
 uint64_t m=(b&0xFFFFFFFFFFFFFu)|0x3FE0000000000000u; double part; memcpy(&part,&m,8);
 const double*row=L+4*((b>>45)&127);
 double near=(part-row[0])*row[1],r=near+(row[0]*row[1]-1.0),z=r*r;
 double rest=(0.3333333333333333*r-0.5)+z*((0.2000000135867185*r-0.24999999998475375)+z*(0.1421141506776254*r-0.1666700931093174));
 double high=k*0.6931471804855391+row[2],total=high+near;
 return total+((high-total)+near+(k*7.440617110012397e-11+row[3]+z*rest));}
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
